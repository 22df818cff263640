/** Entries of the hash table of {@link encodeLzw}: four for each of the 4096 codes. */
export const lzwTableLength = 16_384;

/** Most bytes that {@link encodeLzw} may write for so many pixels: 12 bits for each, clear codes and block lengths. */
export function lzwBound(pixels: number): number {
  const bits = 12 * pixels + 12 * (Math.ceil(pixels / 3837) + 2);
  const bytes = Math.ceil(bits / 8);
  return bytes + Math.ceil(bytes / 255) + 2;
}

/**
 * Encodes 8-bit pixels as the image data of a GIF frame: the minimum code size, sub-blocks, the block terminator (GIF89a
 * specification, section 22 and appendix F). Gives the number of bytes written.
 *
 * The source text of this function runs in threads, so that it must not refer to anything outside itself.
 *
 * @param table of {@link lzwTableLength} entries
 * @param out of at least {@link lzwBound} bytes
 */
export function encodeLzw(pixels: Uint8Array, table: Uint32Array, out: Uint8Array): number {
  const clearCode = 256;
  const endCode = 257;
  const full = 4096;
  out[0] = 8;
  let blockStart = 1;
  let position = 2;
  let pending = 0;
  let pendingBits = 0;
  let codeBits = 9;
  let next = 258;

  const emit = (code: number): void => {
    pending |= code << pendingBits;
    pendingBits += codeBits;
    while (pendingBits >= 8) {
      out[position++] = pending;
      pending >>>= 8;
      pendingBits -= 8;
      if (position - blockStart === 256) {
        out[blockStart] = 255;
        blockStart = position++;
      }
    }
  };

  table.fill(0);
  emit(clearCode);
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
    emit(prefix);
    if (next === 1 << codeBits && codeBits < 12) codeBits++;
    if (next < full) {
      table[slot] = (key << 12) | next++;
    } else {
      emit(clearCode);
      table.fill(0);
      codeBits = 9;
      next = 258;
    }
    prefix = pixel;
  }
  emit(prefix);
  if (next === 1 << codeBits && codeBits < 12) codeBits++;
  emit(endCode);
  if (pendingBits > 0) out[position++] = pending;
  const length = position - blockStart - 1;
  if (length === 0) {
    // The block that was opened last has nothing in it: its length is the terminator.
    out[blockStart] = 0;
    return position;
  }
  out[blockStart] = length;
  out[position++] = 0;
  return position;
}
