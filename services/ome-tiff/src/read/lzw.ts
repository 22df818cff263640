const clearCode = 256;
const endCode = 257;
const firstFree = 258;
const tableSize = 4096;

/**
 * Unpacks LZW as TIFF 6.0 (section 13) has it: codes of 9 to 12 bits, the highest bit first, widened one code early.
 * Stops at `most` bytes: a corrupt strip cannot fill the memory. Throws Error for codes that cannot be.
 */
export function unpackLzw(packed: Uint8Array, most: number): Uint8Array {
  const output = new Uint8Array(most);
  // A string of the table is a place in the output and a length: each was written there once before.
  const starts = new Uint32Array(tableSize);
  const lengths = new Uint16Array(tableSize);
  let written = 0;
  let free = firstFree;
  let width = 9;
  let buffer = 0;
  let bits = 0;
  for (const byte of packed) {
    buffer = ((buffer << 8) | byte) & 0xff_ffff;
    bits += 8;
    if (bits < width) continue;
    bits -= width;
    const code = (buffer >>> bits) & ((1 << width) - 1);
    if (code === endCode || written === most) break;
    if (code === clearCode) {
      free = firstFree;
      width = 9;
      continue;
    }
    const start = written;
    if (code < clearCode) {
      output[written++] = code;
    } else if (code < free) {
      written = repeat(output, starts[code] as number, lengths[code] as number, written);
    } else {
      throw new Error(`code ${code} at byte ${start} of the strip is not in the table`);
    }
    if (free < tableSize) {
      // The string just written and the first byte of the next one: it may be asked for before that byte is known.
      starts[free] = start;
      lengths[free] = Math.min(written - start + 1, 0xffff);
      free += 1;
    }
    width = free >= 2048 ? 12 : free >= 1024 ? 11 : free >= 512 ? 10 : 9;
  }
  return output.subarray(0, written);
}

/** Appends a string that stands in the output already, and may reach into what is being appended. */
function repeat(output: Uint8Array, start: number, length: number, written: number): number {
  const end = Math.min(output.length, written + length);
  for (let from = start, to = written; to < end; from++, to++) output[to] = output[from] as number;
  return end;
}
