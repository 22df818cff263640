/**
 * Undoes TIFF's floating point predictor (Adobe Photoshop TIFF Technical Note 3): in each row, the bytes of the samples
 * stand apart, the most significant first, and each byte is the difference to the one of the pixel on its left.
 * Gives little-endian samples whatever the byte order of the file.
 */
export function undoFloatPredictor(
  bytes: Uint8Array,
  sampleBytes: number,
  samples: number,
  rowBytes: number,
): Uint8Array {
  const output = new Uint8Array(bytes.length);
  const row = new Uint8Array(rowBytes);
  const count = rowBytes / sampleBytes;
  for (let start = 0; start < bytes.length; start += rowBytes) {
    row.set(bytes.subarray(start, start + rowBytes));
    for (let index = samples; index < rowBytes; index++)
      row[index] = (row[index] as number) + (row[index - samples] as number);
    for (let sample = 0; sample < count; sample++) {
      for (let byte = 0; byte < sampleBytes; byte++) {
        output[start + sample * sampleBytes + byte] = row[(sampleBytes - 1 - byte) * count + sample] as number;
      }
    }
  }
  return output;
}
