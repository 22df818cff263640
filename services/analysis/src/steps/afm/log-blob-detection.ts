import { problem, SluiceError } from "@sluice/core";
import * as v from "valibot";
import { defineFrameTable } from "../../image/table-step.ts";
import { isMeasured } from "../../numeric/is-measured.ts";
import { blobPeaks, blobResponse, laplacianKernels, withoutOverlaps } from "../../numeric/laplacian-of-gaussian.ts";

const sigma = (description: string) => v.pipe(v.number(), v.minValue(0.1), v.maxValue(100), v.description(description));

/**
 * Finds bright blobs as peaks of the scale-normalised Laplacian of Gaussian over place and scale (Lindeberg 1998), as
 * skimage.feature.blob_log with evenly spaced sigmas. Where two cover each other by more than `overlap`, the smaller is
 * left out. The mask plays no role. A frame with NaN is refused: it has no Laplacian there.
 *
 * Memory: `num_sigma` frames.
 */
export const logBlobDetection = defineFrameTable({
  name: "log_blob_detection",
  summary: "Finds bright blobs by the Laplacian of Gaussian: a table of each blob's place and size.",
  parameters: v.strictObject({
    min_sigma: v.optional(sigma("Least standard deviation of the Gaussian, in pixels."), 1),
    max_sigma: v.optional(sigma("Greatest standard deviation of the Gaussian, in pixels."), 5),
    num_sigma: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100), v.description("Number of scales.")),
      10,
    ),
    threshold: v.optional(
      v.pipe(v.number(), v.finite(), v.description("Least response of a blob, in the unit of the image.")),
      0.1,
    ),
    overlap: v.optional(
      v.pipe(v.number(), v.minValue(0), v.maxValue(1), v.description("Largest share of a blob that a larger covers.")),
      0.5,
    ),
  }),
  check: (_outline, { min_sigma: least, max_sigma: most }) => (least <= most ? [] : [scalesReversed(least, most)]),
  columns: () => [
    { name: "frame", dataType: "int32", description: "Frame, from 0 on." },
    { name: "label", dataType: "int32", description: "Number of the blob in its frame, from 1 on, strongest first." },
    { name: "y", dataType: "float64", unit: "pixel", description: "Centre, row." },
    { name: "x", dataType: "float64", unit: "pixel", description: "Centre, column." },
    { name: "sigma", dataType: "float64", unit: "pixel", description: "Standard deviation of the Gaussian." },
    { name: "radius", dataType: "float64", unit: "pixel", description: "sqrt(2) sigma." },
  ],
  rows: ({ min_sigma: least, max_sigma: most, num_sigma: count, threshold, overlap }, { height, width }) => {
    const sigmas = Array.from({ length: count }, (_, index) =>
      count === 1 ? least : least + (index * (most - least)) / (count - 1),
    );
    const kernels = sigmas.map(laplacianKernels);
    return ({ index, data }) => {
      requireFinite(data, index);
      const picture = { data, height, width };
      const responses = sigmas.map((value, scale) =>
        blobResponse(picture, value, kernels[scale] as (typeof kernels)[number]),
      );
      const blobs = withoutOverlaps(blobPeaks(responses, sigmas, picture, threshold), overlap);
      return blobs.map((blob, number) => [index, number + 1, blob.y, blob.x, blob.sigma, blob.sigma * Math.SQRT2]);
    };
  },
});

function requireFinite(data: Float64Array, index: number): void {
  const missing = data.findIndex((value) => !isMeasured(value));
  if (missing === -1) return;
  throw new SluiceError({
    reason: "FRAME_WITH_NAN",
    message: "A Laplacian needs a number in every pixel.",
    field: `frame ${index}`,
    got: String(data[missing]),
    allowed: ["finite numbers"],
    remedy: "Fill them before (afm.replace_nan), or cut them off (afm.intersection_crop).",
  });
}

function scalesReversed(least: number, most: number) {
  return problem({
    reason: "OPTION_INVALID",
    message: "The greatest sigma is less than the least.",
    field: "max_sigma",
    got: String(most),
    allowed: [`${least} or more`],
    remedy: "Exchange them.",
  });
}
