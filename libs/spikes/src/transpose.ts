/** Elements of [rows, columns]. */
export interface Plane {
  readonly bytes: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  /** 1, 2, 4 or 8. */
  readonly itemBytes: number;
}

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
  const result = new Uint8Array(rows * some.length * itemBytes);
  transposeInto(
    { bytes: result, rows: some.length, columns: rows, itemBytes },
    { bytes, rows, columns, itemBytes },
    some,
  );
  return result;
}

/** Puts some columns of a plane where rows of another one begin, which may be longer. */
export function transposeInto(
  target: Plane,
  { bytes, rows, columns, itemBytes }: Plane,
  some: { readonly start: number; readonly length: number } = { start: 0, length: columns },
): void {
  const Words = itemBytes === 1 ? Uint8Array : itemBytes === 2 ? Uint16Array : Uint32Array;
  const wordsOf = (view: Uint8Array) =>
    new Words(view.buffer as ArrayBuffer, view.byteOffset, view.length / Words.BYTES_PER_ELEMENT);
  const source = wordsOf(bytes.byteOffset % Words.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes));
  const into = wordsOf(target.bytes);
  const words = itemBytes / Words.BYTES_PER_ELEMENT;
  for (let index = 0; index < some.length; index++) {
    const column = some.start + index;
    let to = index * target.columns * words;
    for (let row = 0; row < rows; row++) {
      const from = (row * columns + column) * words;
      for (let word = 0; word < words; word++) into[to++] = source[from + word] as number;
    }
  }
}
