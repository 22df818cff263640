import { Code, describeProblem, problemJson, toProblem } from "@sluice/core";

/** What the process says when it ends. */
export const ExitCode = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Tells a person on standard error what went wrong, or a program in one JSON line on standard output. */
export function tellError(error: unknown, json: boolean): void {
  const problem = toProblem(error);
  if (json) console.log(JSON.stringify({ type: "error", ...problemJson(problem) }));
  else console.error(`sluice: ${describeProblem(problem)}`);
  if (problem.reason === "INTERNAL" && error instanceof Error) console.error(error.stack);
}

/** Runs a command: its exit code becomes the process's; an error is told, and counts as bad usage or input. */
export function action<Arguments extends unknown[]>(
  run: (...parameters: Arguments) => Promise<ExitCode>,
  json: (...parameters: Arguments) => boolean,
): (...parameters: Arguments) => Promise<void> {
  return async (...parameters) => {
    try {
      process.exitCode = await run(...parameters);
    } catch (error) {
      const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
      for (const one of errors) tellError(one, json(...parameters));
      process.exitCode = errors.some(isOurs) ? ExitCode.failed : ExitCode.usage;
    }
  };
}

/** True when neither the call nor the input is at fault: a service is away, the machine is full, a bug. */
function isOurs(error: unknown): boolean {
  const { grpcCode } = toProblem(error);
  const codes: number[] = [Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.RESOURCE_EXHAUSTED, Code.INTERNAL];
  return codes.includes(grpcCode);
}
