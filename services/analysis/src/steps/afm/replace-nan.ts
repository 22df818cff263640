import { problem, SluiceError } from "@sluice/core";
import { MemoryClass } from "@sluice/proto";
import * as v from "valibot";
import type { ImageItem } from "../../image/image-item.ts";
import { defineSequenceStep, type SequenceWork } from "../../image/image-step.ts";
import { seeAll } from "../../image/item-spool.ts";
import { finiteMean } from "../../numeric/finite-statistics.ts";
import { isMeasured } from "../../numeric/is-measured.ts";
import { medianInPlace } from "../../numeric/median.ts";

/**
 * Replaces NaN, and NaN alone: infinities stay, and have no part in the means and medians. The mask plays no role.
 * Memory: one frame; `global_mean` puts the frames aside on disk.
 */
export const replaceNan = defineSequenceStep({
  name: "replace_nan",
  summary: "Replaces NaN by a number, or by a statistic of the frame or the movie.",
  memory: MemoryClass.MEMORY_CLASS_TWO_PASS,
  parameters: v.strictObject({
    mode: v.optional(
      v.pipe(
        v.picklist(["zero", "mean", "median", "global_mean", "constant"]),
        v.description("mean and median are those of the frame, global_mean is that of the movie."),
      ),
      "zero",
    ),
    value: v.optional(
      v.pipe(v.number(), v.finite(), v.description("The constant, in the unit of the image; for mode=constant alone.")),
    ),
  }),
  check: (_outline, { mode, value }) => ((mode === "constant") === (value !== undefined) ? [] : [valueFault(mode)]),
  plan: (outline, { mode, value = 0 }) => ({ outline, run: workOf(mode, value) }),
});

function workOf(mode: string, value: number): SequenceWork {
  switch (mode) {
    case "mean":
      return (items) => filled(items, (data) => requireNumber(finiteMean(data)));
    case "median":
      return (items) => filled(items, (data) => requireNumber(medianInPlace(data.slice())));
    case "global_mean":
      return filledWithGlobalMean;
    default:
      return (items) => filled(items, () => value);
  }
}

async function* filled(
  items: AsyncIterable<ImageItem>,
  valueOf: (data: Float64Array) => number,
): AsyncGenerator<ImageItem> {
  for await (const item of items) {
    if (item.kind === "other" || !item.data.some(Number.isNaN)) {
      yield item;
      continue;
    }
    const value = valueOf(item.data);
    yield { ...item, data: item.data.map((pixel) => (Number.isNaN(pixel) ? value : pixel)) };
  }
}

async function* filledWithGlobalMean(items: AsyncIterable<ImageItem>, signal: AbortSignal): AsyncGenerator<ImageItem> {
  let sum = 0;
  let count = 0;
  const see = ({ data }: { readonly data: Float64Array }) => {
    let frameSum = 0;
    for (const value of data) {
      if (!isMeasured(value)) continue;
      frameSum += value;
      count++;
    }
    sum += frameSum;
  };
  yield* await seeAll(items, signal, see, (spool) =>
    filled(spool.drain(), () => requireNumber(count === 0 ? Number.NaN : sum / count)),
  );
}

function requireNumber(value: number): number {
  if (!Number.isNaN(value)) return value;
  throw new SluiceError({
    reason: "FRAME_WITHOUT_VALUES",
    message: "There is no number that a mean or median could be taken of.",
    got: "nothing but NaN and infinities",
    allowed: ["at least one finite pixel"],
    remedy: "Use mode=zero or mode=constant, or drop the frame before (afm.drop_frames).",
  });
}

function valueFault(mode: string) {
  const isMissing = mode === "constant";
  return problem({
    reason: isMissing ? "OPTION_MISSING" : "OPTION_NOT_APPLICABLE",
    message: isMissing ? "The constant is not given." : "Only mode=constant takes a value.",
    field: "value",
    got: isMissing ? "nothing" : `a value with mode=${mode}`,
    allowed: [isMissing ? "a number" : "none"],
    remedy: isMissing ? "Give value=NUMBER." : "Leave it out, or use mode=constant.",
  });
}
