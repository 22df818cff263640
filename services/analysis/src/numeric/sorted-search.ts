/** The first index at which a sorted list holds a value that is not below the given one: numpy.searchsorted, left. */
export function lowerBound(sorted: Float64Array, value: number, from = 0): number {
  let [low, high] = [from, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
