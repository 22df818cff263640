import { Code, type ProblemParts, SluiceError } from "@sluice/core";

/** A file that is not as SpikeLab's are. */
export function unfitFile(parts: ProblemParts, options?: ErrorOptions): SluiceError {
  return new SluiceError({ grpcCode: Code.FAILED_PRECONDITION, ...parts }, options);
}
