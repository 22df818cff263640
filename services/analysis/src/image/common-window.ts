import { SluiceError } from "@sluice/core";
import * as v from "valibot";
import { isMeasured } from "../numeric/is-measured.ts";
import type { ImageOutline } from "./image-outline.ts";
import type { Measurement } from "./image-step.ts";
import { seeAll } from "./item-spool.ts";
import { type Window, windowed, withWindow } from "./placement.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100_000));

/** Pixels that a crop leaves about what it would cut to. */
export const padParameter = v.optional(
  v.pipe(
    v.union([count, v.strictTuple([count, count]), v.strictTuple([count, count, count, count])]),
    v.description("Pixels more at each side: one number, [vertical, horizontal], or [top, bottom, left, right]."),
  ),
  0,
);

/** A window made larger. */
export function padded(window: Window, pad: v.InferOutput<typeof padParameter>): Window {
  const [top, bottom, left, right] = sides(pad);
  return {
    top: window.top - top,
    left: window.left - left,
    height: window.height + top + bottom,
    width: window.width + left + right,
  };
}

function sides(pad: v.InferOutput<typeof padParameter>): readonly [number, number, number, number] {
  if (typeof pad === "number") return [pad, pad, pad, pad];
  if (pad.length === 4) return pad;
  const [vertical, horizontal] = pad;
  return [vertical, vertical, horizontal, horizontal];
}

/**
 * Cuts every frame to one window, which is made of the rectangle about the pixels that are finite in every frame.
 *
 * @throws SluiceError INTERSECTION_EMPTY when there is no such pixel
 */
export function cropToCommon(outline: ImageOutline, windowOf: (common: Window) => Window): Measurement {
  const { height, width } = outline;
  return (items, signal) => {
    const isCommon = new Uint8Array(height * width).fill(1);
    return seeAll(
      items,
      signal,
      ({ data }) => {
        for (let pixel = 0; pixel < data.length; pixel++) if (!isMeasured(data[pixel])) isCommon[pixel] = 0;
      },
      (spool) => {
        const window = windowOf(rectangleAbout(isCommon, height, width));
        return { outline: withWindow(outline, window), items: windowed(spool.drain(), outline, () => window) };
      },
    );
  };
}

function rectangleAbout(isCommon: Uint8Array, height: number, width: number): Window {
  let top = height;
  let bottom = -1;
  let left = width;
  let right = -1;
  for (let pixel = 0; pixel < isCommon.length; pixel++) {
    if (isCommon[pixel] === 0) continue;
    const y = Math.floor(pixel / width);
    const x = pixel % width;
    top = Math.min(top, y);
    bottom = y;
    left = Math.min(left, x);
    right = Math.max(right, x);
  }
  if (bottom >= 0) return { top, left, height: bottom - top + 1, width: right - left + 1 };
  throw new SluiceError({
    reason: "INTERSECTION_EMPTY",
    message: "No pixel is finite in every frame.",
    got: "0 pixels",
    allowed: ["at least 1"],
    remedy: "Drop the frames that hold NaN alone (afm.drop_frames), or fill them (afm.replace_nan).",
  });
}
