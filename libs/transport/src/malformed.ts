import { Code, SluiceError } from "@sluice/core";

/** A message that is no valid frame: damaged on the way, or made by a faulty client. */
export function malformed(got: string, sequence?: number): SluiceError {
  return new SluiceError({
    reason: "FRAME_MALFORMED",
    message: "A message of the stream cannot be read.",
    field: "frames",
    got,
    allowed: ["sluice.export.v1.ExportRequest with an ExportOpen or a Frame"],
    remedy: "Send messages made by the generated code of this protocol version.",
    grpcCode: Code.INVALID_ARGUMENT,
    sequence,
  });
}
