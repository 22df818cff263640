import type { PlaneSize } from "../image/plane.ts";
import { isMeasured } from "./is-measured.ts";

/** One side of a normalised Gaussian kernel: the weight of the centre, then those at 1, 2, ... pixels. */
export function gaussianKernel(sigma: number): Float64Array {
  const radius = Math.floor(4 * sigma + 0.5);
  const weights = Float64Array.from({ length: radius + 1 }, (_, k) =>
    sigma === 0 ? 1 : Math.exp(-(k * k) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((total, weight, k) => total + (k === 0 ? weight : 2 * weight), 0);
  return weights.map((weight) => weight / sum);
}

/**
 * Convolves a frame with a symmetric kernel along both axes, mirrored at the borders; NaN and infinities take no part.
 *
 * @param scratch of the frame's size, written over
 */
export function blur(
  plane: PlaneSize & { readonly data: Float64Array },
  kernel: Float64Array,
  scratch: Float64Array,
): Float64Array {
  const { data } = plane;
  if (allFinite(data)) return convolve(plane, kernel, scratch);
  const shares = convolve(
    { ...plane, data: Float64Array.from(data, (value) => (isMeasured(value) ? 1 : 0)) },
    kernel,
    scratch,
  );
  const sums = convolve(
    { ...plane, data: Float64Array.from(data, (value) => (isMeasured(value) ? value : 0)) },
    kernel,
    scratch,
  );
  return data.map((value, pixel) => (isMeasured(value) ? (sums[pixel] as number) / (shares[pixel] as number) : value));
}

function allFinite(data: Float64Array): boolean {
  for (let index = 0; index < data.length; index++) if (!isMeasured(data[index])) return false;
  return true;
}

function convolve(
  { data, height, width }: PlaneSize & { readonly data: Float64Array },
  kernel: Float64Array,
  scratch: Float64Array,
): Float64Array {
  downColumns(data, height, width, kernel, scratch);
  return alongRows(scratch, height, width, kernel);
}

/** Convolves the columns of a frame with a symmetric kernel, mirrored at the borders, into `result`. */
export function downColumns(
  data: Float64Array,
  height: number,
  width: number,
  kernel: Float64Array,
  result: Float64Array,
): void {
  const radius = kernel.length - 1;
  const centre = kernel[0] as number;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < width; x++) result[row + x] = centre * (data[row + x] as number);
    for (let k = 1; k <= radius; k++) {
      const weight = kernel[k] as number;
      const above = mirrored(y - k, height) * width;
      const below = mirrored(y + k, height) * width;
      for (let x = 0; x < width; x++) {
        const pair = (data[above + x] as number) + (data[below + x] as number);
        result[row + x] = (result[row + x] as number) + weight * pair;
      }
    }
  }
}

/** Convolves the rows of a frame with a symmetric kernel, mirrored at the borders. */
export function alongRows(data: Float64Array, height: number, width: number, kernel: Float64Array): Float64Array {
  const result = new Float64Array(data.length);
  const radius = kernel.length - 1;
  const centre = kernel[0] as number;
  const line = new Float64Array(width + 2 * radius);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    line.set(data.subarray(row, row + width), radius);
    for (let k = 1; k <= radius; k++) {
      line[radius - k] = data[row + mirrored(-k, width)] as number;
      line[radius + width - 1 + k] = data[row + mirrored(width - 1 + k, width)] as number;
    }
    for (let x = 0; x < width; x++) {
      let sum = centre * (line[x + radius] as number);
      for (let k = 1; k <= radius; k++) {
        sum += (kernel[k] as number) * ((line[x + radius - k] as number) + (line[x + radius + k] as number));
      }
      result[row + x] = sum;
    }
  }
  return result;
}

/** Index of the pixel that stands for one beyond the border: d c b a | a b c d | d c b a. */
export function mirrored(index: number, length: number): number {
  const period = 2 * length;
  const wrapped = ((index % period) + period) % period;
  return wrapped < length ? wrapped : period - 1 - wrapped;
}
