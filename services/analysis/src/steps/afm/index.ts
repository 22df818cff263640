import type { ImageStep } from "../../image/image-step.ts";
import { gaussianFilter } from "./gaussian-filter.ts";
import { removePlane } from "./remove-plane.ts";
import { rowMedianAlign } from "./row-median-align.ts";

/** Steps on AFM movies, in the order of `sluice steps`. */
export const afmSteps: readonly ImageStep[] = [
  // Filters of single frames.
  rowMedianAlign,
  removePlane,
  gaussianFilter,
];
