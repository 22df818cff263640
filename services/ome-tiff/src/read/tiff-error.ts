import { Code, type ProblemParts, SluiceError } from "@sluice/core";

/** An error of a file that is not what it says. */
export function corrupt(parts: ProblemParts, cause?: unknown): SluiceError {
  return new SluiceError(
    { remedy: "Take another copy of the file.", grpcCode: Code.DATA_LOSS, ...parts },
    cause === undefined ? undefined : { cause },
  );
}

/** The file ends inside something. */
export function truncated(what: string, offset: number, length: number, size: number): SluiceError {
  return corrupt({
    reason: "TIFF_TRUNCATED",
    message: `The file ends inside ${what}.`,
    field: `${what} @ byte ${offset}`,
    got: `${size} bytes`,
    allowed: [`at least ${offset + length} bytes`],
  });
}

/** A kind of TIFF that this loader does not read. */
export function unsupported(parts: ProblemParts): SluiceError {
  return new SluiceError({ grpcCode: Code.UNIMPLEMENTED, ...parts });
}
