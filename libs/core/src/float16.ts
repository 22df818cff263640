/** Values of all 65536 IEEE 754 half-precision bit patterns (binary16: 1 sign, 5 exponent, 10 fraction bits), once needed. */
let values: Float32Array | undefined;

/** Half-precision bits as float32, exactly. */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  values ??= Float32Array.from({ length: 65_536 }, (_, pattern) => decode(pattern));
  const table = values;
  return Float32Array.from(bits, (pattern) => table[pattern] as number);
}

function decode(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
