const wide = new DataView(new ArrayBuffer(8));

/**
 * Bits of the half-precision float nearest to a number, ties to even (IEEE 754 binary16), in one step: by way of
 * float32 some would be rounded twice.
 */
export function float16Bits(value: number): number {
  wide.setFloat64(0, value);
  const sign = (wide.getUint16(0) & 0x8000) >>> 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  // Halfway between the largest half, 65504, and the next step.
  if (magnitude >= 65_520) return sign | 0x7c00;
  const exponent = Math.max(-14, magnitude === 0 ? -14 : ((wide.getUint16(0) >> 4) & 0x7ff) - 1023);
  // In units of the last place the number is exact in float64, so that rounding is the only step.
  const units = roundToEven(magnitude * 2 ** (10 - exponent));
  return sign | (units + (exponent + 14) * 1024);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const above = value - floor;
  if (above !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
