import { Code, type ProblemParts, SluiceError } from "@sluice/core";

/** A folder that is not as KiloSort's and Phy's are. */
export function unfitFolder(parts: ProblemParts): SluiceError {
  return new SluiceError({ grpcCode: Code.FAILED_PRECONDITION, ...parts });
}
