/** The first `count` 32-bit words of bytes that are only read: a view where they are aligned, a copy where not. */
export function wordsOf(bytes: Uint8Array, count: number): Uint32Array {
  if (bytes.byteOffset % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, count);
  return new Uint32Array(new Uint8Array(bytes.subarray(0, 4 * count)).buffer);
}

/** New bytes with a view of their whole 32-bit words. Every byte must be written: they start with any value. */
export function allocateWords(byteLength: number): { readonly bytes: Uint8Array; readonly words: Uint32Array } {
  const buffer = Buffer.allocUnsafeSlow(byteLength);
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, byteLength);
  return { bytes, words: new Uint32Array(bytes.buffer, bytes.byteOffset, byteLength >> 2) };
}
