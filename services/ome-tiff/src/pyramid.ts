import { asBytes, asElements, type DataType } from "@sluice/core";

/** The size of a reduced image: half of it, rounded up. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

type Numbers = Exclude<ReturnType<typeof asElements>, BigInt64Array | BigUint64Array>;

/**
 * An image of half the width and height, rounded up; each pixel is the mean of the 2 x 2 pixels (at odd edges: of the
 * two or the one) that it covers. Integers are rounded to the nearest, ties to even, so that levels get no brighter.
 * Floats: NaN pixels are left out, and NaN remains where all are NaN. Complex: real and imaginary parts apart. Masks:
 * true where at least half of the pixels are.
 *
 * @param bytes of the image, C order
 * @returns bytes of the reduced image
 */
export function halve(bytes: Uint8Array, dataType: DataType, { width, height }: ImageSize): Uint8Array {
  const parts = dataType.startsWith("complex") ? 2 : 1;
  const source = asElements(dataType, bytes) as Numbers;
  const size = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const target = source.slice(0, size.width * size.height * parts);
  const average = averageFor(dataType);
  const rowLength = width * parts;
  let next = 0;
  for (let row = 0; row < size.height; row++) {
    const upper = 2 * row * rowLength;
    const lower = 2 * row + 1 < height ? upper + rowLength : upper;
    for (let column = 0; column < size.width; column++) {
      const left = 2 * column * parts;
      const right = 2 * column + 1 < width ? left + parts : left;
      for (let part = 0; part < parts; part++) {
        target[next++] = average(
          source[upper + left + part] as number,
          source[upper + right + part] as number,
          source[lower + left + part] as number,
          source[lower + right + part] as number,
        );
      }
    }
  }
  return asBytes(target);
}

// A pixel that is alone or one of two at an edge is given twice or four times over, which leaves the mean as it is.
type Average = (a: number, b: number, c: number, d: number) => number;

function averageFor(dataType: DataType): Average {
  if (dataType === "bool") return (a, b, c, d) => (a + b + c + d >= 2 ? 1 : 0);
  return dataType.startsWith("float") || dataType.startsWith("complex") ? meanOfFloats : meanOfIntegers;
}

const meanOfIntegers: Average = (a, b, c, d) => {
  const mean = (a + b + c + d) / 4;
  const below = Math.floor(mean);
  const rest = mean - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
};

const meanOfFloats: Average = (a, b, c, d) => {
  const mean = (a + b + c + d) / 4;
  if (!Number.isNaN(mean)) return mean;
  const known = [a, b, c, d].filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
};
