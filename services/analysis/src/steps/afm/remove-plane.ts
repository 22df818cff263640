import * as v from "valibot";
import { isBackground, requireBackground } from "../../image/background.ts";
import { defineFrameFilter } from "../../image/image-step.ts";
import type { Plane } from "../../image/plane.ts";
import { tooFewPixels } from "./too-few-pixels.ts";

/**
 * Subtracts the least-squares plane a x + b y + c, x = 0..w-1, y = 0..h-1. It is fitted to the pixels that are neither
 * masked nor NaN, at least 3, and subtracted everywhere; NaN stays NaN. Where they do not determine a plane (all on one
 * line), the fit of least slope is taken.
 */
export const removePlane = defineFrameFilter({
  name: "remove_plane",
  summary: "Subtracts the plane that fits the frame, or its background where a mask is active, best.",
  parameters: v.strictObject({}),
  check: ({ height, width }) => tooFewPixels(height * width, 3),
  filter: () => subtractPlane,
});

function subtractPlane(plane: Plane): Float64Array {
  const { data, height, width } = plane;
  const { a, b, c } = fitPlane(plane);
  const result = new Float64Array(data.length);
  for (let y = 0, pixel = 0; y < height; y++) {
    const row = b * y + c;
    for (let x = 0; x < width; x++, pixel++) result[pixel] = (data[pixel] as number) - (a * x + row);
  }
  return result;
}

interface Coefficients {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

function fitPlane(plane: Plane): Coefficients {
  const { data, height, width } = plane;
  let count = 0;
  let sumX = 0;
  let sumY = 0;
  let sumZ = 0;
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      if (!isBackground(plane, pixel)) continue;
      count++;
      sumX += x;
      sumY += y;
      sumZ += data[pixel] as number;
    }
  }
  requireBackground(count, 3);
  const meanX = sumX / count;
  const meanY = sumY / count;
  const meanZ = sumZ / count;
  let xx = 0;
  let xy = 0;
  let yy = 0;
  let xz = 0;
  let yz = 0;
  for (let y = 0, pixel = 0; y < height; y++) {
    const dy = y - meanY;
    for (let x = 0; x < width; x++, pixel++) {
      if (!isBackground(plane, pixel)) continue;
      const dx = x - meanX;
      const dz = (data[pixel] as number) - meanZ;
      xx += dx * dx;
      xy += dx * dy;
      yy += dy * dy;
      xz += dx * dz;
      yz += dy * dz;
    }
  }
  const { a, b } = slopes(xx, xy, yy, xz, yz);
  return { a, b, c: meanZ - a * meanX - b * meanY };
}

/** Solves [xx xy; xy yy] [a b] = [xz yz]; the solution of least norm where the matrix is singular. */
function slopes(xx: number, xy: number, yy: number, xz: number, yz: number): { a: number; b: number } {
  const determinant = xx * yy - xy * xy;
  if (determinant > 1e-12 * (xx + yy) ** 2) {
    return { a: (yy * xz - xy * yz) / determinant, b: (xx * yz - xy * xz) / determinant };
  }
  // Of rank one, M = t u u' with trace t: its pseudo-inverse is M / t^2. Of rank nought there is no slope.
  const trace = xx + yy;
  if (trace === 0) return { a: 0, b: 0 };
  return { a: (xx * xz + xy * yz) / trace ** 2, b: (xy * xz + yy * yz) / trace ** 2 };
}
