import { SluiceError } from "@sluice/core";
import * as v from "valibot";
import {
  alignedOutline,
  alignmentParameters,
  checkAlignment,
  comparison,
  nextShift,
  placed,
  shiftLimit,
  shiftsTable,
} from "../../image/alignment.ts";
import { frameMissing } from "../../image/frame-numbers.ts";
import { defineMeasuredStep } from "../../image/image-step.ts";
import { seeAll } from "../../image/item-spool.ts";
import { Correlation, type Fit, type ReferenceSpectra, type Shift } from "../../numeric/correlation.ts";

/**
 * Shifts each frame, by whole pixels, to where it correlates best with a reference frame. Pixels that are NaN take no
 * part; those that a frame does not cover become NaN. Masks move with their frames and play no role in the comparison.
 */
export const alignFrames = defineMeasuredStep({
  name: "align_frames",
  summary: "Shifts each frame, by whole pixels, to where it fits a reference frame best.",
  parameters: v.strictObject({
    reference_frame: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(0), v.description("Frame that the others are compared with.")),
      0,
    ),
    method: v.optional(
      v.pipe(
        v.picklist(["normalised_cross_correlation", "fft_cross_correlation"]),
        v.description("Correlation coefficient of the overlap, or playNano's sum of products, which grows with it."),
      ),
      "normalised_cross_correlation",
    ),
    ...alignmentParameters,
  }),
  check: (outline, parameters) => [
    ...checkAlignment(outline, parameters),
    ...(outline.frames !== undefined && parameters.reference_frame >= Math.max(1, outline.frames)
      ? [frameMissing("reference_frame", parameters.reference_frame, outline.frames)]
      : []),
  ],
  plan: (outline, parameters, { key }) => {
    const table = shiftsTable(outline, key);
    const limit = shiftLimit(outline, parameters);
    const { reference_frame: referenceFrame, method, mode, max_jump: maximumJump } = parameters;
    return {
      outline: alignedOutline(outline, table, parameters),
      measure: async (items, signal) => {
        const normalised = method === "normalised_cross_correlation";
        const correlation = new Correlation({
          reference: outline,
          moving: outline,
          centre: { y: 0, x: 0 },
          limit,
          normalised,
        });
        const pictureOf = comparison(outline, parameters);
        const fits: (Fit | undefined)[] = [];
        let reference: ReferenceSpectra | undefined;
        const compare = (index: number, data: Float64Array) => {
          const picture = pictureOf(data);
          if (index === referenceFrame) reference = correlation.reference(picture);
          else if (reference) fits[index] = correlation.fit(reference, picture);
        };
        return seeAll(
          items,
          signal,
          ({ index, data }) => compare(index, data),
          async (spool) => {
            if (!reference && spool.frames > 0) {
              throw new SluiceError(frameMissing("reference_frame", referenceFrame, spool.frames));
            }
            for await (const { index, data } of spool.images()) {
              if (index >= referenceFrame) break;
              compare(index, data);
            }
            const shifts: Shift[] = [];
            for (let index = 0; index < spool.frames; index++) {
              const fit = fits[index];
              shifts.push(fit ? nextShift(shifts, fit, limit, maximumJump) : { y: 0, x: 0 });
            }
            return placed(outline, table, spool, shifts, fits, mode);
          },
        );
      },
    };
  },
});
