import type { ArraySpec } from "@sluice/proto";
import { type DataType, itemSize } from "./data-type.ts";

/** Small frames are gathered to runs of this size, large ones cut into pieces of it. */
const runBytes = 256 * 1024;

/** Elements at one index of axis 0. */
export function frameElements({ axes }: ArraySpec): number {
  return axes.slice(1).reduce((product, { size }) => product * (size as number), 1);
}

/** A grid whose cells follow each other in C order without a gap: the values pass in the order of the file. */
export function runsOf(array: ArraySpec): number[] {
  const frameBytes = frameElements(array) * itemSize[array.dataType as DataType];
  const lengths = array.axes.slice(1).map(({ size }) => size as number);
  if (frameBytes <= 4 * runBytes) return [Math.max(1, Math.floor(runBytes / frameBytes)), ...lengths];
  let below = frameBytes;
  const cells = lengths.map((length) => {
    below /= length;
    return Math.max(1, Math.min(length, Math.floor(runBytes / below)));
  });
  return [1, ...cells];
}
