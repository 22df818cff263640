import { gaussianKernel, mirrored } from "./gaussian.ts";

/**
 * Sum over k of kernel[k] values[i + half - k] with zeros beyond the ends, as long as the values:
 * numpy.convolve(values, kernel, "same") for a kernel that is no longer than the values.
 */
export function convolveSame(values: Float64Array, kernel: Float64Array): Float64Array {
  const result = new Float64Array(values.length);
  const half = (kernel.length - 1) >> 1;
  for (let index = 0; index < values.length; index++) {
    const from = Math.max(0, index + half - values.length + 1);
    const to = Math.min(kernel.length - 1, index + half);
    let sum = 0;
    for (let k = from; k <= to; k++) sum += (kernel[k] as number) * (values[index + half - k] as number);
    result[index] = sum;
  }
  return result;
}

/** Sums over a window of `width` bins, zeros beyond the ends: convolveSame with ones, in one pass over integers. */
export function movingSum(counts: Float64Array, width: number): Float64Array {
  const { length } = counts;
  const result = new Float64Array(length);
  const half = (width - 1) >> 1;
  let sum = 0;
  for (let index = -half; index < length; index++) {
    const enters = index + half;
    const leaves = enters - width;
    if (enters < length) sum += counts[enters] as number;
    if (leaves >= 0) sum -= counts[leaves] as number;
    if (index >= 0) result[index] = sum;
  }
  return result;
}

/** Gaussian smoothing of a line, mirrored at its ends, 4 sigma to each side, as scipy.ndimage.gaussian_filter1d. */
export function smooth(values: Float64Array, sigma: number): Float64Array {
  const kernel = gaussianKernel(sigma);
  const radius = kernel.length - 1;
  const { length } = values;
  const padded = new Float64Array(length + 2 * radius);
  for (let index = 0; index < padded.length; index++)
    padded[index] = values[mirrored(index - radius, length)] as number;
  const result = new Float64Array(length);
  for (let index = 0; index < length; index++) {
    let sum = (kernel[0] as number) * (padded[index + radius] as number);
    for (let k = 1; k <= radius; k++) {
      sum += (kernel[k] as number) * ((padded[index + radius - k] as number) + (padded[index + radius + k] as number));
    }
    result[index] = sum;
  }
  return result;
}
