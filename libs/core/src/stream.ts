import type {
  ArrayChunk,
  ArrayEnd,
  ArraySpec,
  DatasetSpec,
  Frame,
  ImageStack,
  Problem,
  TableSpec,
} from "@sluice/proto";
import { SluiceError } from "./problem.ts";

/** Everything that is known before the first byte of data. */
export interface DatasetHeader {
  readonly dataset: DatasetSpec;
  readonly arrays: readonly ArraySpec[];
  readonly tables: readonly TableSpec[];
}

/**
 * A dataset on its way: the header, then the data.
 *
 * `frames` carries chunks, ragged chunks, table batches and array ends; never specs, never the stream's end.
 * A source that was cut throws instead of ending. The payload of a frame is read-only: branches share it.
 * `frames` may be iterated once.
 */
export interface DatasetStream {
  readonly header: DatasetHeader;
  readonly frames: AsyncIterable<Frame>;
  /** What the source and the steps warn of, of the data as every output gets them; complete when `frames` have ended. */
  readonly warnings?: () => readonly Problem[];
}

/** A frame that holds a chunk of an array. The transport numbers frames when it sends them. */
export function chunkFrame(chunk: ArrayChunk): Frame {
  return { sequence: 0, content: { $case: "chunk", value: chunk } };
}

/** A frame that closes an array at its final shape. */
export function arrayEndFrame(end: ArrayEnd): Frame {
  return { sequence: 0, content: { $case: "arrayEnd", value: end } };
}

/** Header as frames, in the order of the wire: dataset, arrays, tables. */
export function headerFrames(header: DatasetHeader): Frame[] {
  return [
    { sequence: 0, content: { $case: "dataset", value: header.dataset } },
    ...header.arrays.map((value): Frame => ({ sequence: 0, content: { $case: "array", value } })),
    ...header.tables.map((value): Frame => ({ sequence: 0, content: { $case: "table", value } })),
  ];
}

/** A frame that knows the size of its payload without decoding it (one that is relayed in encoded form). */
export interface SizedFrame extends Frame {
  readonly payloadLength: number;
}

/** Payload bytes of a frame: what progress, limits and StreamEnd count. */
export function payloadBytes(frame: Frame | SizedFrame): number {
  if ("payloadLength" in frame) return frame.payloadLength;
  const content = frame.content;
  switch (content?.$case) {
    case "chunk":
    case "ragged":
      return content.value.data.length;
    case "batch":
      return content.value.columns.reduce((sum, column) => sum + column.data.length, 0);
    default:
      return 0;
  }
}

/** The array of that name, or ARRAY_MISSING. */
export function arrayNamed(header: DatasetHeader, name: string): ArraySpec {
  const found = header.arrays.find((array) => array.name === name);
  if (found) return found;
  throw new SluiceError({
    reason: "ARRAY_MISSING",
    message: "The dataset refers to an array that its header does not open.",
    field: "header.arrays",
    got: JSON.stringify(name),
    allowed: header.arrays.map((array) => array.name),
    remedy: "Send the array's spec before the first chunk, or correct the name.",
  });
}

/** The first image stack of the dataset with its array, if it has one. */
export function imageOf(header: DatasetHeader): { stack: ImageStack; array: ArraySpec } | undefined {
  const stack = header.dataset.imageStacks[0];
  return stack && { stack, array: arrayNamed(header, stack.imageArray) };
}
