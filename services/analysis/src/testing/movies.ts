import type { DatasetStream } from "@sluice/core";
import { type MemoryArray, type MemoryStreamOptions, memoryStream } from "@sluice/core/testing";

/** Frames of rows of numbers as a movie in float64. */
export function movieOf(
  frames: readonly (readonly (readonly number[])[])[],
  options: MemoryStreamOptions = {},
  more: readonly MemoryArray[] = [],
  axes: MemoryArray["axes"] = ["t", "y", "x"],
): DatasetStream {
  const [first = []] = frames;
  const shape = [frames.length, first.length, first[0]?.length ?? 0];
  const data = Float64Array.from(frames.flat(2));
  return memoryStream([{ name: "image", dataType: "float64", shape, data, axes }, ...more], {
    imageStack: {},
    ...options,
  });
}

/** A frame of zeros but for some pixels. */
export function frameWith(
  height: number,
  width: number,
  pixels: readonly (readonly [y: number, x: number, value: number])[],
): number[][] {
  const rows = Array.from({ length: height }, () => Array.from({ length: width }, () => 0));
  for (const [y, x, value] of pixels) (rows[y] as number[])[x] = value;
  return rows;
}
