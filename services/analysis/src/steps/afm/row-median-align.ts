import * as v from "valibot";
import { isBackground } from "../../image/background.ts";
import { defineFrameFilter } from "../../image/image-step.ts";
import type { Plane } from "../../image/plane.ts";
import { medianInPlace } from "../../numeric/median.ts";

/**
 * Subtracts from each row its median, over the pixels that are neither masked nor NaN; a row without such pixels stays
 * as it is.
 */
export const rowMedianAlign = defineFrameFilter({
  name: "row_median_align",
  summary: "Subtracts each row's median, over its background where a mask is active.",
  parameters: v.strictObject({}),
  filter: () => alignRows,
});

function alignRows(plane: Plane): Float64Array {
  const { data, height, width } = plane;
  const result = new Float64Array(data.length);
  const row = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    const start = y * width;
    let count = 0;
    for (let pixel = start; pixel < start + width; pixel++) {
      if (isBackground(plane, pixel)) row[count++] = data[pixel] as number;
    }
    const median = count === 0 ? 0 : medianInPlace(row, count);
    for (let pixel = start; pixel < start + width; pixel++) result[pixel] = (data[pixel] as number) - median;
  }
  return result;
}
