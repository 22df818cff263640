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
import { defineMeasuredStep } from "../../image/image-step.ts";
import { seeAll } from "../../image/item-spool.ts";
import { Correlation, type Fit, type Picture, type Shift } from "../../numeric/correlation.ts";
import { isMeasured } from "../../numeric/is-measured.ts";

/**
 * Shifts each frame, by whole pixels, to where it correlates best with the mean of the frames before it, which were
 * shifted already; for movies whose content changes. Shifts are relative to the first frame, and limited as a whole.
 * Pixels that are NaN take no part; those that a frame does not cover become NaN. Memory while it compares: `window`
 * frames.
 */
export const rollingFrameAlign = defineMeasuredStep({
  name: "rolling_frame_align",
  summary: "Shifts each frame, by whole pixels, to where it fits the mean of the shifted frames before it best.",
  parameters: v.strictObject({
    window: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000), v.description("Frames that the mean is of.")),
      5,
    ),
    ...alignmentParameters,
  }),
  check: (outline, parameters) => checkAlignment(outline, parameters),
  plan: (outline, parameters, { key }) => {
    const table = shiftsTable(outline, key);
    const limit = shiftLimit(outline, parameters);
    const { window, mode, max_jump: maximumJump } = parameters;
    return {
      outline: alignedOutline(outline, table, parameters),
      measure: async (items, signal) => {
        const { height, width } = outline;
        const reference = { height: height + 2 * limit.y, width: width + 2 * limit.x };
        const correlation = new Correlation({ reference, moving: outline, centre: limit, limit, normalised: true });
        const pictureOf = comparison(outline, parameters);
        const fits: (Fit | undefined)[] = [];
        const shifts: Shift[] = [];
        const last: { readonly picture: Picture; readonly at: Shift }[] = [];
        return seeAll(
          items,
          signal,
          ({ index, data }) => {
            const picture = pictureOf(data);
            let shift: Shift = { y: 0, x: 0 };
            if (index > 0) {
              const fit = correlation.fit(correlation.reference(meanOf(last, reference)), picture);
              fits[index] = fit;
              shift = nextShift(shifts, { y: fit.y - limit.y, x: fit.x - limit.x }, limit, maximumJump);
            }
            shifts.push(shift);
            last.push({ picture, at: { y: shift.y + limit.y, x: shift.x + limit.x } });
            if (last.length > window) last.shift();
          },
          (spool) => placed(outline, table, spool, shifts, fits, mode),
        );
      },
    };
  },
});

/** Mean of pictures at their places on a canvas; NaN where there is none. */
function meanOf(
  pictures: readonly { readonly picture: Picture; readonly at: Shift }[],
  { height, width }: Pick<Picture, "height" | "width">,
): Picture {
  const sums = new Float64Array(height * width);
  const counts = new Uint16Array(height * width);
  for (const { picture, at } of pictures) {
    for (let y = 0, from = 0; y < picture.height; y++) {
      for (let x = 0, to = (y + at.y) * width + at.x; x < picture.width; x++, from++, to++) {
        const value = picture.data[from] as number;
        if (!isMeasured(value)) continue;
        sums[to] = (sums[to] as number) + value;
        counts[to] = (counts[to] as number) + 1;
      }
    }
  }
  return { data: sums.map((sum, pixel) => sum / (counts[pixel] as number)), height, width };
}
