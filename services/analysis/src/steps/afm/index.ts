import type { ImageStep } from "../../image/image-step.ts";
import { alignFrames } from "./align-frames.ts";
import { clearMask } from "./clear-mask.ts";
import { countNonzero } from "./count-nonzero.ts";
import { cropSquare } from "./crop-square.ts";
import { dbscan } from "./dbscan.ts";
import { dropFinalFrames } from "./drop-final-frames.ts";
import { dropFrameRange } from "./drop-frame-range.ts";
import { dropFrames } from "./drop-frames.ts";
import { featureDetection } from "./feature-detection.ts";
import { gaussianFilter } from "./gaussian-filter.ts";
import { intersectionCrop } from "./intersection-crop.ts";
import { kMeans } from "./k-means.ts";
import { logBlobDetection } from "./log-blob-detection.ts";
import { maskAdaptive } from "./mask-adaptive.ts";
import { maskBelowThreshold } from "./mask-below-threshold.ts";
import { maskMeanOffset } from "./mask-mean-offset.ts";
import { maskMorphological } from "./mask-morphological.ts";
import { maskThreshold } from "./mask-threshold.ts";
import { particleTracking } from "./particle-tracking.ts";
import { polynomialFlatten } from "./polynomial-flatten.ts";
import { removePlane } from "./remove-plane.ts";
import { replaceNan } from "./replace-nan.ts";
import { rollingFrameAlign } from "./rolling-frame-align.ts";
import { rowMedianAlign } from "./row-median-align.ts";
import { selectFrames } from "./select-frames.ts";
import { temporalMeanFilter } from "./temporal-mean-filter.ts";
import { temporalMedianFilter } from "./temporal-median-filter.ts";
import { verticalFlip } from "./vertical-flip.ts";
import { xMeans } from "./x-means.ts";
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
  // Edits of the movie.
  dropFrames,
  dropFrameRange,
  dropFinalFrames,
  selectFrames,
  // Frames in relation to each other.
  alignFrames,
  rollingFrameAlign,
  intersectionCrop,
  cropSquare,
  replaceNan,
  temporalMedianFilter,
  temporalMeanFilter,
  // Tables about the frames.
  countNonzero,
  featureDetection,
  logBlobDetection,
  particleTracking,
  dbscan,
  kMeans,
  xMeans,
];
