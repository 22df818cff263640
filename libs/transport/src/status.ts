import * as grpc from "@grpc/grpc-js";
import { Code, problem, SluiceError, toProblem } from "@sluice/core";
import { Problem, RpcStatus } from "@sluice/proto";
import { publicProblem } from "./public-problem.ts";
import { shortened } from "./shortened.ts";

const detailsKey = "grpc-status-details-bin";
const problemType = "type.googleapis.com/sluice.common.v1.Problem";

/**
 * A problem as the status that ends a call: `call.emit("error", statusOf(problem))`, or the callback of a unary call.
 *
 * The whole problem travels in `grpc-status-details-bin` as google.rpc.Status, shortened so that the trailers stay
 * below the 8 KiB that some peers allow. INTERNAL errors lose their message, which may name paths of this machine.
 */
export function statusOf(whole: Problem): grpc.ServiceError {
  const brief = shortened(publicProblem(whole));
  const code = brief.grpcCode === 0 ? Code.UNKNOWN : brief.grpcCode;
  const details = `${brief.reason}: ${brief.message}`;
  const value = Problem.encode(brief).finish();
  const status = RpcStatus.encode({ code, message: details, details: [{ typeUrl: problemType, value }] }).finish();
  const metadata = new grpc.Metadata();
  metadata.set(detailsKey, Buffer.from(status));
  return Object.assign(new Error(details), { code, details, metadata });
}

/** Any error as a problem: ours as it is, a call's status by its details or, without them, by its code. */
export function problemOf(error: unknown): Problem {
  if (error instanceof SluiceError || !isServiceError(error)) return toProblem(error);
  return packedProblem(error.metadata) ?? problemOfCode(error.code, error.details);
}

function isServiceError(error: unknown): error is grpc.ServiceError {
  return error instanceof Error && "code" in error && typeof error.code === "number" && "details" in error;
}

function packedProblem(metadata: grpc.Metadata | undefined): Problem | undefined {
  const [packed] = metadata?.get(detailsKey) ?? [];
  if (!(packed instanceof Uint8Array)) return undefined;
  try {
    const detail = RpcStatus.decode(packed).details.find((any) => any.typeUrl === problemType);
    return detail && Problem.decode(detail.value);
  } catch {
    // Details that cannot be read are no details: the code still tells what happened.
    return undefined;
  }
}

const again = "Try again.";

interface Meaning {
  readonly reason: string;
  readonly message: string;
  readonly remedy: string;
  readonly retryable?: boolean;
}

/** What a status without details means: it comes from the transport, a proxy, or a service that is not ours. */
const meanings: Readonly<Record<number, Meaning>> = {
  [Code.CANCELLED]: { reason: "CANCELLED", message: "The call was cancelled.", remedy: "" },
  [Code.DEADLINE_EXCEEDED]: {
    reason: "DEADLINE_EXCEEDED",
    message: "The service did not answer in time.",
    remedy: "Allow more time, or look whether the service is overloaded.",
    retryable: true,
  },
  [Code.RESOURCE_EXHAUSTED]: {
    reason: "RESOURCE_EXHAUSTED",
    message: "A message or the call is larger than the peer allows.",
    remedy: "Send smaller chunks: 1 MiB is best, 2 MiB the most.",
  },
  [Code.UNIMPLEMENTED]: {
    reason: "SERVICE_UNKNOWN",
    message: "The peer does not serve this call.",
    remedy: "Check that the address is that of a Sluice service, and its version.",
  },
  [Code.UNAVAILABLE]: {
    reason: "SERVICE_UNAVAILABLE",
    message: "The service cannot be reached, or the connection broke.",
    remedy: `Check the address and that the service runs. ${again}`,
    retryable: true,
  },
  [Code.UNAUTHENTICATED]: {
    reason: "UNAUTHENTICATED",
    message: "The service does not know the caller.",
    remedy: "Give a valid token or client certificate.",
  },
  [Code.PERMISSION_DENIED]: {
    reason: "PERMISSION_DENIED",
    message: "The service does not allow this call.",
    remedy: "Use a token or certificate that is allowed to export.",
  },
};

function problemOfCode(code: number, details: string): Problem {
  const meaning = meanings[code] ?? {
    reason: "SERVICE_FAILED",
    message: "The service failed without saying why.",
    remedy: "Look into the log of the service.",
  };
  // grpc-js wraps the error of the last attempt to connect.
  const cause = details.replace(/^.*Last error: /s, "").replace(/\.? Resolution note: .*$/s, "");
  return problem({ ...meaning, got: `${grpc.status[code] ?? code}: ${withoutPaths(cause)}`, grpcCode: code });
}

/** Hides socket paths: a gateway passes the problem on to its own callers. */
function withoutPaths(details: string): string {
  return details.replaceAll(/(?:unix:|file:)?(?<![\w.:/])\/[^\s"',;)]+/g, "(path)");
}
