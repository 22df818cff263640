/**
 * The CRC of two byte runs end to end, from the CRC of each: no byte is read again.
 *
 * A CRC is a remainder of polynomials over GF(2): appending n bytes multiplies it by x^(8n) modulo the generator
 * (M. Adler's crc32_combine of zlib). Numbers are bit-reversed, as these CRCs are: the highest bit is the coefficient of
 * x^0, and a generator is written without its highest term.
 */

/** Generator of CRC-32C (Castagnoli). */
export const castagnoli = 0x82f63b78;
/** Generator of CRC-32 (ISO-HDLC: zip, gzip, PNG). */
export const isoHdlc = 0xedb88320;

const one = 0x8000_0000;
const xToThe8 = 0x0080_0000;

/** x^(8 * bytes) modulo the generator: what {@link combineCrc} needs of the second run. */
export function crcShift(bytes: number, generator: number): number {
  let shift = one;
  let power = xToThe8;
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) shift = multiply(shift, power, generator);
    power = multiply(power, power, generator);
  }
  return shift;
}

/** @param shift {@link crcShift} of the second run's length */
export function combineCrc(first: number, second: number, shift: number, generator: number): number {
  return (multiply(shift, first, generator) ^ second) >>> 0;
}

function multiply(a: number, b: number, generator: number): number {
  let product = 0;
  let term = b;
  for (let bit = one; bit !== 0; bit >>>= 1) {
    if (a & bit) product ^= term;
    term = term & 1 ? (term >>> 1) ^ generator : term >>> 1;
  }
  return product >>> 0;
}
