/**
 * Elements of [rows, columns] as [columns, rows]. Moves words, so that every bit stays: also those of NaN.
 *
 * @param itemBytes 1, 2, 4 or 8
 * @param some the columns that are meant, all by default
 */
export function transposed(
  bytes: Uint8Array,
  rows: number,
  columns: number,
  itemBytes: number,
  some: { readonly start: number; readonly length: number } = { start: 0, length: columns },
): Uint8Array {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  const result = new Uint8Array(rows * some.length * itemBytes);
  const Words = itemBytes === 1 ? Uint8Array : itemBytes === 2 ? Uint16Array : Uint32Array;
  const source = new Words(aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.length / Words.BYTES_PER_ELEMENT);
  const target = new Words(result.buffer);
  const words = itemBytes / Words.BYTES_PER_ELEMENT;
  for (let index = 0; index < some.length; index++) {
    const column = some.start + index;
    let to = index * rows * words;
    for (let row = 0; row < rows; row++) {
      const from = (row * columns + column) * words;
      for (let word = 0; word < words; word++) target[to++] = source[from + word] as number;
    }
  }
  return result;
}
