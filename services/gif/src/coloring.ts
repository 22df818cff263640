import { colorSteps } from "./color-maps.ts";
import { nanIndex } from "./palette.ts";
import type { Values } from "./values.ts";

/** Values that get the first and the last color. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

/** Pixels that did not get the color of their own value. */
export interface ColoringCounts {
  below: number;
  above: number;
  nan: number;
}

/**
 * Writes the palette index of each value: floor((value - low) * (250 / (high - low))), no less than 0 and no more than
 * 249; {@link nanIndex} for NaN. Where the range is empty, values above it get 249 and all others 0.
 */
export function color(values: Values, range: ValueRange, pixels: Uint8Array, counts: ColoringCounts): void {
  const { low, high } = range;
  const factor = high > low ? colorSteps / (high - low) : 0;
  const scale = factor === 0 && high > low ? 2 ** -1 : factor === Number.POSITIVE_INFINITY ? 2 ** 200 : 1;
  if (scale !== 1) {
    // The span of the range, or its reciprocal, is beyond float64.
    const scaled = Float64Array.from(values, (value) => value * scale);
    return color(scaled, { low: low * scale, high: high * scale }, pixels, counts);
  }
  const top = colorSteps - 1;
  for (let index = 0; index < pixels.length; index++) {
    const value = values[index] as number;
    if (value >= low && value <= high) {
      const step = ((value - low) * factor) | 0;
      pixels[index] = step > top ? top : step;
    } else if (value < low) {
      pixels[index] = 0;
      counts.below++;
    } else if (value > high) {
      pixels[index] = top;
      counts.above++;
    } else {
      pixels[index] = nanIndex;
      counts.nan++;
    }
  }
}
