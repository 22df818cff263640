import type { Picture } from "./correlation.ts";
import { alongRows, downColumns } from "./gaussian.ts";

/** A peak of the scale-normalised Laplacian: a blob of that radius / sqrt(2). */
export interface Blob {
  readonly y: number;
  readonly x: number;
  readonly sigma: number;
}

/** A Gaussian and its second derivative, sampled on one side: the centre, then those at 1, 2, ... pixels. */
interface Kernels {
  readonly gauss: Float64Array;
  readonly second: Float64Array;
}

/** As scipy.ndimage: radius floor(4 sigma + 0.5), the derivative taken of the normalised samples. */
export function laplacianKernels(sigma: number): Kernels {
  const radius = Math.floor(4 * sigma + 0.5);
  const raw = Float64Array.from({ length: radius + 1 }, (_, k) => Math.exp(-(k * k) / (2 * sigma * sigma)));
  const sum = raw.reduce((total, weight, k) => total + (k === 0 ? weight : 2 * weight), 0);
  const gauss = raw.map((weight) => weight / sum);
  const second = gauss.map((weight, k) => weight * ((k * k) / sigma ** 4 - 1 / sigma ** 2));
  return { gauss, second };
}

/** Minus sigma^2 times the Laplacian of the blurred picture, mirrored at its borders. All pixels are finite. */
export function blobResponse(picture: Picture, sigma: number, { gauss, second }: Kernels): Float64Array {
  const { data, height, width } = picture;
  const scratch = new Float64Array(data.length);
  downColumns(data, height, width, second, scratch);
  const alongY = alongRows(scratch, height, width, gauss);
  downColumns(data, height, width, gauss, scratch);
  const alongX = alongRows(scratch, height, width, second);
  return alongY.map((value, pixel) => -(value + (alongX[pixel] as number)) * sigma * sigma);
}

/**
 * Peaks of responses that follow each other in scale: larger than the threshold, and not smaller than any of the 26
 * about them. The strongest come first.
 */
export function blobPeaks(
  responses: readonly Float64Array[],
  sigmas: readonly number[],
  { height, width }: Pick<Picture, "height" | "width">,
  threshold: number,
): Blob[] {
  const peaks: (Blob & { readonly response: number })[] = [];
  if (isFlat(responses)) return [];
  for (let pixel = 0; pixel < height * width; pixel++) {
    const y = Math.floor(pixel / width);
    const x = pixel % width;
    for (const [scale, sigma] of sigmas.entries()) {
      const response = (responses[scale] as Float64Array)[pixel] as number;
      if (response > threshold && isPeak(responses, scale, y, x, response, height, width)) {
        peaks.push({ y, x, sigma, response });
      }
    }
  }
  return peaks.toSorted((one, other) => other.response - one.response).map(({ y, x, sigma }) => ({ y, x, sigma }));
}

/** True when all responses are one number: there is nothing that stands out. */
function isFlat(responses: readonly Float64Array[]): boolean {
  const first = responses[0]?.[0];
  return responses.every((plane) => plane.every((response) => response === first));
}

function isPeak(
  responses: readonly Float64Array[],
  scale: number,
  y: number,
  x: number,
  response: number,
  height: number,
  width: number,
): boolean {
  for (let s = Math.max(0, scale - 1); s <= Math.min(responses.length - 1, scale + 1); s++) {
    const plane = responses[s] as Float64Array;
    for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
      for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
        if ((plane[ny * width + nx] as number) > response) return false;
      }
    }
  }
  return true;
}

/** Blobs without those that a larger one, or one as large that comes later, covers by more than that share. */
export function withoutOverlaps(blobs: readonly Blob[], share: number): Blob[] {
  const gone = new Uint8Array(blobs.length);
  for (const [index, blob] of blobs.entries()) {
    for (let other = index + 1; other < blobs.length; other++) {
      if (gone[index] || gone[other]) continue;
      const second = blobs[other] as Blob;
      if (overlap(blob, second) <= share) continue;
      gone[blob.sigma > second.sigma ? other : index] = 1;
    }
  }
  return blobs.filter((_, index) => gone[index] === 0);
}

/** Share of the smaller disk that the larger covers; radii are sqrt(2) sigma. */
function overlap(one: Blob, other: Blob): number {
  const largest = Math.max(one.sigma, other.sigma);
  const r1 = one.sigma / largest;
  const r2 = other.sigma / largest;
  const distance = Math.hypot(one.y - other.y, one.x - other.x) / (largest * Math.SQRT2);
  if (distance > r1 + r2) return 0;
  if (distance <= Math.abs(r1 - r2)) return 1;
  const angle = (near: number, far: number) =>
    Math.acos(Math.max(-1, Math.min(1, (distance ** 2 + near ** 2 - far ** 2) / (2 * distance * near))));
  const triangle = (-distance + r2 + r1) * (distance - r2 + r1) * (distance + r2 - r1) * (distance + r2 + r1);
  const area = r1 ** 2 * angle(r1, r2) + r2 ** 2 * angle(r2, r1) - 0.5 * Math.sqrt(Math.abs(triangle));
  return area / (Math.PI * Math.min(r1, r2) ** 2);
}
