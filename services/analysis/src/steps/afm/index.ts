import type { ImageStep } from "../../image/image-step.ts";
import { clearMask } from "./clear-mask.ts";
import { gaussianFilter } from "./gaussian-filter.ts";
import { maskAdaptive } from "./mask-adaptive.ts";
import { maskBelowThreshold } from "./mask-below-threshold.ts";
import { maskMeanOffset } from "./mask-mean-offset.ts";
import { maskMorphological } from "./mask-morphological.ts";
import { maskThreshold } from "./mask-threshold.ts";
import { polynomialFlatten } from "./polynomial-flatten.ts";
import { removePlane } from "./remove-plane.ts";
import { rowMedianAlign } from "./row-median-align.ts";
import { verticalFlip } from "./vertical-flip.ts";
import { zeroMean } from "./zero-mean.ts";
import { zeroMedian } from "./zero-median.ts";

/** Steps on AFM movies, in the order of `sluice steps`. */
export const afmSteps: readonly ImageStep[] = [
  // Filters of single frames.
  rowMedianAlign,
  removePlane,
  polynomialFlatten,
  zeroMean,
  zeroMedian,
  gaussianFilter,
  verticalFlip,
  // Masks.
  maskThreshold,
  maskBelowThreshold,
  maskMeanOffset,
  maskMorphological,
  maskAdaptive,
  clearMask,
];
