/** A mask of the values for which the test holds. */
export function maskWhere(data: Float64Array, test: (value: number) => boolean): Uint8Array {
  const mask = new Uint8Array(data.length);
  for (let pixel = 0; pixel < mask.length; pixel++) mask[pixel] = test(data[pixel] as number) ? 1 : 0;
  return mask;
}
