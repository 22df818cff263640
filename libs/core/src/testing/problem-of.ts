import type { Problem } from "@sluice/proto";
import { SluiceError } from "../problem.ts";

/** The problem that the work throws; anything else that it throws goes through, and to throw nothing is an error. */
export async function problemOf(work: () => unknown): Promise<Problem> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SluiceError) return error.problem;
    throw error;
  }
  throw new Error("The work was expected to throw, but did not.");
}
