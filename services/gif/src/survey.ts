import type { Values } from "./values.ts";

/** Bounds and number of finite values. */
export interface Survey {
  low: number;
  high: number;
  count: number;
}

/** A survey of nothing. */
export function survey(): Survey {
  return { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY, count: 0 };
}

/** Adds the finite values to a survey. */
export function surveyOf(values: Values, found: Survey): Survey {
  let { low, high } = found;
  let count = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    // NaN for infinities and NaN.
    if (value - value !== 0) continue;
    count++;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  found.low = low;
  found.high = high;
  found.count += count;
  return found;
}
