import { Code, type ProblemParts, SluiceError } from "@sluice/core";

/** A file that cannot be read, or a member of it. @param field key of the array, or "file" */
export function unreadable(
  reason: string,
  field: string,
  message: string,
  parts: Partial<Pick<ProblemParts, "got" | "allowed" | "remedy">> = {},
  cause?: unknown,
): SluiceError {
  return new SluiceError({ reason, message, field, grpcCode: Code.FAILED_PRECONDITION, ...parts }, { cause });
}

/** The bytes of a file are not what its own headers say. */
export function damaged(field: string, got: string, cause?: unknown): SluiceError {
  const remedy = "Copy the file again from its source, or save it again.";
  return unreadable("FILE_DAMAGED", field, "The file is damaged or cut short.", { got, remedy }, cause);
}
