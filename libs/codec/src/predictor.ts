/** Rows of little-endian samples, one after another without padding. */
export interface RowLayout {
  readonly bitsPerSample: number;
  readonly samplesPerPixel: number;
  readonly pixelsPerRow: number;
}

/**
 * Predictor 2 of TIFF 6.0 (section 14): each sample becomes its difference, modulo 2^bits, to the same sample of the
 * pixel on its left; the first pixel of a row stays. Floats are taken as the integers of their bits. Into new bytes.
 *
 * Throws RangeError for samples of other than 8, 16 or 32 bits (readers disagree on 64) and for bytes that are not
 * whole rows.
 */
export function horizontalDifference(bytes: Uint8Array, layout: RowLayout): Uint8Array {
  const { sampleBytes, pixelBytes, rowBytes } = measure(bytes, layout);
  // All rows in one sweep of words, several samples to a word; the first pixels of the rows are put right after it.
  const wordsBack = pixelBytes >> 2;
  const bitsBack = 8 * (pixelBytes & 3);
  const lead = wordsBack + 1;
  const count = Math.ceil(bytes.length / 4);
  const source = new Uint32Array(lead + count);
  new Uint8Array(source.buffer).set(bytes, 4 * lead);
  const target = new Uint32Array(count);
  const sign = signBits[sampleBytes];
  const value = ~sign;
  const carry = bitsBack === 0 ? 0 : -1;
  for (let i = 0, here = lead; i < count; i++, here++) {
    const word = source[here] as number;
    const earlier = ((source[here - lead] as number) >>> (32 - bitsBack)) & carry;
    const left = ((source[here - wordsBack] as number) << bitsBack) | earlier;
    target[i] = ((word | sign) - (left & value)) ^ ((word ^ ~left) & sign);
  }
  const output = new Uint8Array(target.buffer, 0, bytes.length);
  for (let row = 0; row < bytes.length; row += rowBytes) {
    for (let i = row; i < row + pixelBytes; i++) output[i] = bytes[i] as number;
  }
  return output;
}

/** The inverse of {@link horizontalDifference}, into new bytes. Throws RangeError as that does. */
export function horizontalSum(bytes: Uint8Array, layout: RowLayout): Uint8Array {
  const { sampleBytes, rowBytes } = measure(bytes, layout);
  const output = new Uint8Array(bytes);
  const Samples = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[sampleBytes];
  const samples = new Samples(output.buffer);
  const rowSamples = rowBytes / sampleBytes;
  for (let row = 0; row < samples.length; row += rowSamples) {
    for (let i = row + layout.samplesPerPixel; i < row + rowSamples; i++) {
      samples[i] = (samples[i] as number) + (samples[i - layout.samplesPerPixel] as number);
    }
  }
  return output;
}

/** The highest bit of every sample in a word: kept out of the subtraction, so that no borrow leaves a sample. */
const signBits = { 1: 0x80808080 | 0, 2: 0x80008000 | 0, 4: 0x80000000 | 0 };

function measure(bytes: Uint8Array, { bitsPerSample, samplesPerPixel, pixelsPerRow }: RowLayout) {
  if (bitsPerSample !== 8 && bitsPerSample !== 16 && bitsPerSample !== 32) {
    throw new RangeError(`TIFF predictor 2 takes samples of 8, 16 or 32 bits, got ${bitsPerSample}.`);
  }
  for (const [name, number] of Object.entries({ samplesPerPixel, pixelsPerRow })) {
    if (!Number.isInteger(number) || number < 1) {
      throw new RangeError(`${name} must be a positive integer, got ${number}.`);
    }
  }
  const sampleBytes = (bitsPerSample / 8) as 1 | 2 | 4;
  const pixelBytes = samplesPerPixel * sampleBytes;
  const rowBytes = pixelsPerRow * pixelBytes;
  if (bytes.length % rowBytes !== 0) {
    throw new RangeError(`TIFF predictor 2 takes whole rows of ${rowBytes} bytes, got ${bytes.length} bytes.`);
  }
  return { sampleBytes, pixelBytes, rowBytes };
}
