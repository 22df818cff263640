import type { DatasetHeader } from "@sluice/core";
import type { Frame } from "@sluice/proto";
import type { Archive } from "./archive.ts";

/** Frames of one array or table, read from the file when it is opened again. */
export type FrameSource = (archive: Archive) => AsyncIterable<Frame> | Iterable<Frame>;

/** What a file holds: the header of its stream, and where the frames come from, in their order. */
export interface FileModel {
  readonly header: DatasetHeader;
  readonly sources: readonly FrameSource[];
}
