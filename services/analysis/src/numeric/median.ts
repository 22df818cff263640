import { isMeasured } from "./is-measured.ts";

/**
 * Median of the finite values, the mean of the middle two when their count is even; NaN when there are none.
 * Reorders `values` up to `length`.
 */
export function medianInPlace(values: Float64Array, length = values.length): number {
  let count = 0;
  for (let index = 0; index < length; index++) {
    const value = values[index] as number;
    if (isMeasured(value)) values[count++] = value;
  }
  if (count === 0) return Number.NaN;
  const middle = count >> 1;
  const upper = select(values, count, middle);
  if (count % 2 === 1) return upper;
  let lower = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < middle; index++) {
    const value = values[index] as number;
    if (value > lower) lower = value;
  }
  return (lower + upper) / 2;
}

/** The value of that rank; those before it are not larger. Hoare's FIND with the median of three as pivot. */
function select(values: Float64Array, count: number, rank: number): number {
  let left = 0;
  let right = count - 1;
  while (left < right) {
    const pivot = medianOfThree(values[left] as number, values[(left + right) >> 1] as number, values[right] as number);
    let low = left;
    let high = right;
    while (low <= high) {
      while ((values[low] as number) < pivot) low++;
      while ((values[high] as number) > pivot) high--;
      if (low <= high) {
        const value = values[low] as number;
        values[low++] = values[high] as number;
        values[high--] = value;
      }
    }
    if (rank <= high) right = high;
    else if (rank >= low) left = low;
    else break;
  }
  return values[rank] as number;
}

function medianOfThree(a: number, b: number, c: number): number {
  if (a < b) return b < c ? b : Math.max(a, c);
  return a < c ? a : Math.max(b, c);
}
