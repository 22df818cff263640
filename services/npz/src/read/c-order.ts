/**
 * The elements of an array in Fortran order (the first index runs fastest) in C order (the last does).
 *
 * @param shape lengths of the axes, slowest in C order first
 */
export function transposed(bytes: Uint8Array, shape: readonly number[], itemBytes: number): Uint8Array {
  const target = new Uint8Array(bytes.length);
  const last = shape.length - 1;
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, length) => product * length, itemBytes));
  const index = shape.map(() => 0);
  const [length, step] = [shape[last] as number, strides[last] as number];
  for (let to = 0; to < target.length; ) {
    let from = index.reduce((sum, position, axis) => sum + position * (strides[axis] as number), 0);
    for (let element = 0; element < length; element++, from += step) {
      for (let byte = 0; byte < itemBytes; byte++) target[to++] = bytes[from + byte] as number;
    }
    for (let axis = last - 1; axis >= 0; axis--) {
      index[axis] = ((index[axis] as number) + 1) % (shape[axis] as number);
      if (index[axis] !== 0) break;
    }
  }
  return target;
}
