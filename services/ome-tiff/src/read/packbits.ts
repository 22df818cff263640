/**
 * Unpacks PackBits (TIFF 6.0, section 9): a count of literal bytes, or of repeats of the next one. Stops at `most`
 * bytes: a corrupt strip cannot fill the memory.
 */
export function unpackBytes(packed: Uint8Array, most: number): Uint8Array {
  const output = new Uint8Array(most);
  let written = 0;
  for (let next = 0; next + 1 < packed.length && written < most; ) {
    const count = packed[next++] as number;
    if (count === 128) continue;
    if (count < 128) {
      const literal = packed.subarray(next, next + Math.min(count + 1, most - written));
      output.set(literal, written);
      written += literal.length;
      next += count + 1;
    } else {
      const end = Math.min(most, written + 257 - count);
      output.fill(packed[next++] as number, written, end);
      written = end;
    }
  }
  return output.subarray(0, written);
}
