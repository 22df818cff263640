import type { Frame } from "@sluice/proto";

/** What a frame holds. */
export type FrameContent = NonNullable<Frame["content"]>;
export type FrameKind = FrameContent["$case"];

/** Field numbers of sluice.stream.v1.Frame. */
export const kindOfField: ReadonlyMap<number, FrameKind> = new Map([
  [2, "dataset"],
  [3, "array"],
  [4, "table"],
  [5, "chunk"],
  [6, "ragged"],
  [7, "batch"],
  [8, "arrayEnd"],
  [9, "streamEnd"],
]);
