import { Code, SluiceError } from "@sluice/core";

/** SpikeLab relies on it that both are as long. @throws SluiceError LENGTH_MISMATCH */
export function requireEqual(got: number, allowed: number, field: string, of: string): void {
  if (got === allowed) return;
  throw new SluiceError({
    reason: "LENGTH_MISMATCH",
    message: "SpikeLab must have one of these for each of the others, and the stream ended early or late.",
    field,
    got: String(got),
    allowed: [`${allowed}, as many as there are ${of}`],
    remedy: "Send both whole, or choose the profile generic.",
    grpcCode: Code.DATA_LOSS,
  });
}
