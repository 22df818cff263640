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
export function color(values: Values, { low, high }: ValueRange, pixels: Uint8Array, counts: ColoringCounts): void {
  const factor = high > low ? colorSteps / (high - low) : 0;
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
