import type { NpyType } from "./npy-type.ts";

/** Numbers in little-endian order: those that are, as they came; texts and rows as they came. */
export function littleEndian(bytes: Uint8Array, type: NpyType): Uint8Array {
  if (type.kind !== "number" || !type.bigEndian) return bytes;
  return swapped(bytes, type.dataType.startsWith("complex") ? type.bytes / 2 : type.bytes);
}

/** Each run of `itemBytes` bytes turned around, in new memory. */
export function swapped(bytes: Uint8Array, itemBytes: number): Uint8Array {
  const target = new Uint8Array(bytes);
  if (itemBytes < 2) return target;
  const buffer = Buffer.from(target.buffer);
  if (itemBytes === 2) buffer.swap16();
  else if (itemBytes === 4) buffer.swap32();
  else buffer.swap64();
  return target;
}
