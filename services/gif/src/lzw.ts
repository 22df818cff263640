/** Entries of the hash table of {@link encodeLzw}: four for each of the 4096 codes. */
export const lzwTableLength = 16_384;

/** Most bytes of {@link encodeLzw} for so many pixels, and the room that it needs: 12 bits for each, and clear codes. */
export function lzwBound(pixels: number): number {
  const bits = 12 * pixels + 12 * (Math.ceil(pixels / 3837) + 2);
  const bytes = Math.ceil(bits / 8) + 4;
  return bytes + Math.ceil(bytes / 255) + 2;
}

/**
 * Encodes 8-bit pixels as the image data of a GIF frame: the minimum code size, sub-blocks, the block terminator (GIF89a
 * specification, section 22 and appendix F). Gives the number of bytes written.
 *
 * The source text of this function runs in threads, so that it must not refer to anything outside itself.
 *
 * @param pixels at least one
 * @param table of {@link lzwTableLength} entries
 * @param out of at least {@link lzwBound} bytes
 */
export function encodeLzw(pixels: Uint8Array, table: Uint32Array, out: Uint8Array): number {
  const clearCode = 256;
  const endCode = 257;
  const mostCodes = 4096;
  // Codes are packed so far behind that they can be moved forward, block by block, when all are there.
  const start = 2 + Math.ceil((out.length - 2) / 256);
  let position = start;
  let codeBits = 9;
  let next = 258;
  // Codes that wait to be written, the oldest in the lowest bits: seven bits and two codes at most.
  let pending = clearCode;
  let pendingBits = codeBits;

  table.fill(0);
  let prefix = pixels[0] as number;
  for (let index = 1; index < pixels.length; index++) {
    const pixel = pixels[index] as number;
    // An entry is 20 bits of prefix and pixel, then 12 bits of code; none is 0.
    const key = (prefix << 8) | pixel;
    let slot = Math.imul(key, 0x9e3779b1) >>> 18;
    let entry = table[slot] as number;
    while (entry !== 0 && entry >>> 12 !== key) {
      slot = (slot + 1) & 16_383;
      entry = table[slot] as number;
    }
    if (entry !== 0) {
      prefix = entry & 4095;
      continue;
    }
    while (pendingBits >= 8) {
      out[position++] = pending;
      pending >>>= 8;
      pendingBits -= 8;
    }
    pending |= prefix << pendingBits;
    pendingBits += codeBits;
    if (next === 1 << codeBits && codeBits < 12) codeBits++;
    if (next < mostCodes) {
      table[slot] = (key << 12) | next++;
    } else {
      pending |= clearCode << pendingBits;
      pendingBits += codeBits;
      table.fill(0);
      codeBits = 9;
      next = 258;
    }
    prefix = pixel;
  }
  for (const code of [prefix, endCode]) {
    while (pendingBits >= 8) {
      out[position++] = pending;
      pending >>>= 8;
      pendingBits -= 8;
    }
    pending |= code << pendingBits;
    pendingBits += codeBits;
    if (next === 1 << codeBits && codeBits < 12) codeBits++;
  }
  for (; pendingBits > 0; pendingBits -= 8) {
    out[position++] = pending;
    pending >>>= 8;
  }

  out[0] = 8;
  let end = 1;
  for (let from = start; from < position; from += 255) {
    const length = Math.min(255, position - from);
    out[end] = length;
    out.copyWithin(end + 1, from, from + length);
    end += 1 + length;
  }
  out[end] = 0;
  return end + 1;
}
