/**
 * CRC-32C of two byte runs end to end, from the CRC of each: no byte is read again.
 *
 * A CRC is a remainder of polynomials over GF(2): appending n bytes multiplies it by x^(8n) modulo the generator
 * (M. Adler's crc32_combine of zlib, here with Castagnoli's generator). Numbers are bit-reversed, as CRC-32C is:
 * the highest bit is the coefficient of x^0.
 */

/** Castagnoli's generator, reversed, without its highest term. */
const generator = 0x82f63b78;
const one = 0x8000_0000;
const xToThe8 = 0x0080_0000;

/** x^(8 * bytes) modulo the generator: what {@link combineCrc32c} needs of the second run. */
export function crc32cShift(bytes: number): number {
  let shift = one;
  let power = xToThe8;
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) shift = multiply(shift, power);
    power = multiply(power, power);
  }
  return shift;
}

/** @param shift {@link crc32cShift} of the second run's length */
export function combineCrc32c(first: number, second: number, shift: number): number {
  return (multiply(shift, first) ^ second) >>> 0;
}

function multiply(a: number, b: number): number {
  let product = 0;
  let term = b;
  for (let bit = one; bit !== 0; bit >>>= 1) {
    if (a & bit) product ^= term;
    term = term & 1 ? (term >>> 1) ^ generator : term >>> 1;
  }
  return product >>> 0;
}
