import * as v from "valibot";
import type { ImageFrame, ImageItem } from "./image-item.ts";

/** Frames about each frame, itself among them. */
export const windowParameter = v.optional(
  v.pipe(
    v.number(),
    v.integer(),
    v.minValue(1),
    v.maxValue(1001),
    v.check((window) => window % 2 === 1, "an odd number from 1 to 1001"),
    v.description("Frames about each frame, itself in the middle; odd. Fewer at both ends of the movie."),
  ),
  3,
);

/**
 * Makes each frame anew of those about it. Holds `window` frames. A pixel that is NaN or infinite stays as it is.
 *
 * @param combine value of a pixel of its finite values in the window: the first `count` of `values`, which it may reorder
 */
export async function* combinedFrames(
  items: AsyncIterable<ImageItem>,
  window: number,
  combine: (values: Float64Array, count: number) => number,
): AsyncGenerator<ImageItem> {
  const reach = (window - 1) / 2;
  const held: ImageFrame[] = [];
  const values = new Float64Array(window);
  /** Place among the held frames of the next one to make. */
  let next = 0;
  const make = (): ImageFrame => {
    const frame = held[next] as ImageFrame;
    const about = held.slice(Math.max(0, next - reach), next + reach + 1);
    next++;
    if (next > reach) {
      held.shift();
      next--;
    }
    return {
      ...frame,
      data: frame.data.map((value, pixel) => (Number.isFinite(value) ? ofPixel(about, pixel) : value)),
    };
  };
  const ofPixel = (about: readonly ImageFrame[], pixel: number): number => {
    let count = 0;
    for (const { data } of about) {
      const value = data[pixel] as number;
      if (Number.isFinite(value)) values[count++] = value;
    }
    return combine(values, count);
  };
  for await (const item of items) {
    if (item.kind === "other") {
      yield item;
      continue;
    }
    held.push(item);
    if (held.length > next + reach) yield make();
  }
  while (next < held.length) yield make();
}
