import { Code, type ProblemParts, SluiceError } from "@sluice/core";

/** A file that is not as NWB files are. */
export function unfitFile(parts: ProblemParts): SluiceError {
  return new SluiceError({
    grpcCode: Code.FAILED_PRECONDITION,
    remedy: "Check the file with pynwb; it was changed, damaged, or written by something that does not keep to NWB.",
    ...parts,
  });
}
