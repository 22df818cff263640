import { isMeasured } from "./is-measured.ts";

/** Mean and population standard deviation of the finite values; NaN when there are none. */
export function meanAndDeviation(values: Float64Array): { mean: number; deviation: number } {
  const mean = finiteMean(values);
  let squares = 0;
  let count = 0;
  for (const value of values) {
    if (!isMeasured(value)) continue;
    squares += (value - mean) ** 2;
    count++;
  }
  return { mean, deviation: Math.sqrt(squares / count) };
}

/** Mean of the finite values; NaN when there are none. */
export function finiteMean(values: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (!isMeasured(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
