import { SluiceError } from "@sluice/core";
import type { Problem } from "@sluice/proto";

/** The problem that `work` fails with; any other outcome fails the test. */
export async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SluiceError) return error.problem;
  throw new Error("no SluiceError", { cause: error });
}
