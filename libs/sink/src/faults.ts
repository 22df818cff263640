import { Code, SluiceError } from "@sluice/core";

/** An error for calls that come after the end, or that the end interrupts. */
export function discardedError(): SluiceError {
  return new SluiceError({
    reason: "EXPORT_DISCARDED",
    message: "The export was discarded while it was written.",
    grpcCode: Code.ABORTED,
  });
}

/** An error for calls that the contract of ArtifactSink or ArtifactWriter does not allow. */
export function misuse(reason: string, message: string, field: string): SluiceError {
  return new SluiceError({
    reason,
    message,
    field,
    remedy: "This is a fault of the program: report it.",
    grpcCode: Code.INTERNAL,
  });
}
