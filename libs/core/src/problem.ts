import { Problem, Severity } from "@sluice/proto";

/** gRPC status codes that problems carry; numbers from the gRPC specification (statuscodes.md). */
export const Code = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** What a problem says: the reason and the sentence are required, the rest where it applies. */
export type ProblemParts = Pick<Problem, "reason" | "message"> &
  Partial<Omit<Problem, "severity" | "allowed">> & { readonly allowed?: readonly string[] };

/** An error of severity ERROR; INVALID_ARGUMENT unless the parts say otherwise. */
export function problem(parts: ProblemParts): Problem {
  return build(Severity.SEVERITY_ERROR, parts);
}

/** The output is valid, yet something was changed, dropped or assumed. */
export function warning(parts: ProblemParts): Problem {
  return build(Severity.SEVERITY_WARNING, { grpcCode: 0, ...parts });
}

function build(severity: Severity, { allowed, ...parts }: ProblemParts): Problem {
  return {
    severity,
    field: "",
    got: "",
    allowed: [...(allowed ?? [])],
    remedy: "",
    branchId: "",
    grpcCode: Code.INVALID_ARGUMENT,
    retryable: false,
    ...parts,
  };
}

/** True when the problem stops what it concerns. */
export function isError(candidate: Problem): boolean {
  return candidate.severity === Severity.SEVERITY_ERROR || candidate.severity === Severity.SEVERITY_UNSPECIFIED;
}

/** The one error class of Sluice: a Problem that is thrown. */
export class SluiceError extends Error {
  override readonly name = "SluiceError";
  readonly problem: Problem;

  constructor(parts: ProblemParts | Problem, options?: ErrorOptions) {
    const whole = "severity" in parts ? parts : problem(parts);
    super(describeProblem(whole), options);
    this.problem = whole;
  }
}

/** One line for people: reason, sentence, what was got, what is allowed, what to do. */
export function describeProblem(item: Problem): string {
  const where = item.field === "" ? "" : ` (${item.field})`;
  const got = item.got === "" ? "" : ` Got ${item.got}.`;
  const allowed = item.allowed.length === 0 ? "" : ` Allowed: ${item.allowed.join(", ")}.`;
  const remedy = item.remedy === "" ? "" : ` ${item.remedy}`;
  return `${item.reason}${where}: ${item.message}${got}${allowed}${remedy}`;
}

/** Any thrown value as a Problem: ours as it is, an abort as CANCELLED, anything else as INTERNAL. */
export function toProblem(error: unknown): Problem {
  if (error instanceof SluiceError) return error.problem;
  if (error instanceof Error && error.name === "AbortError") {
    return error.cause instanceof SluiceError
      ? error.cause.problem
      : problem({ reason: "CANCELLED", message: "The export was cancelled.", grpcCode: Code.CANCELLED });
  }
  const message = error instanceof Error ? error.message : String(error);
  return problem({ reason: "INTERNAL", message, grpcCode: Code.INTERNAL });
}
