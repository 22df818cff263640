/** Bytes as pairs of digits without blanks, to compare with structures that are written by hand. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** Digits with blanks and bars for people as `hex` has them; "n*xx" is a byte xx n times. */
export function digits(text: string): string {
  const repeated = text.replaceAll(/(\d+)\*([0-9a-f]{2})/g, (_, count: string, byte: string) =>
    byte.repeat(Number(count)),
  );
  return repeated.replaceAll(/[\s|]/g, "");
}
