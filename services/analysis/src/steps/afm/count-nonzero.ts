import * as v from "valibot";
import { defineFrameTable } from "../../image/table-step.ts";

/** Counts the pixels of each frame that are not nought. NaN and infinities count: they are not nought. */
export const countNonzero = defineFrameTable({
  name: "count_nonzero",
  summary: "Counts the pixels of each frame that are not nought: a table of frame and count.",
  parameters: v.strictObject({}),
  columns: () => [
    { name: "frame", dataType: "int32", description: "Frame, from 0 on." },
    { name: "count", dataType: "int32", unit: "pixel", description: "Pixels that are not nought." },
  ],
  rows:
    () =>
    ({ index, data }) => {
      let count = 0;
      for (const value of data) if (value !== 0) count++;
      return [[index, count]];
    },
});
