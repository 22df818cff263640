import { asBytes, asElements, chunkFrame, itemSize } from "@sluice/core";
import { openHdf5 } from "@sluice/hdf5";
import type { Frame } from "@sluice/proto";
import { imageArrayId, rowsPerChunk, timestampsArrayId } from "../movie.ts";
import { TableRows } from "../table-rows.ts";
import { frameTimes, relativeSeconds } from "./frame-times.ts";
import { frameRows, framesTable, perFrameDatasets } from "./per-frame.ts";
import { openRecording, type Recording } from "./recording.ts";
import { type Scaling, unitFactor } from "./scaling.ts";

type Pixels =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Which channel of which file, and what becomes of its values. */
export interface FrameSource {
  readonly path: string;
  readonly measurement: string | undefined;
  readonly channel: string;
  readonly values: "height" | "raw";
}

/** Times and per-frame numbers first, then the images, one column of the dataset after the other. Memory: one frame. */
export async function* readFrames(source: FrameSource, signal?: AbortSignal): AsyncGenerator<Frame, void, undefined> {
  const file = await openHdf5(source.path, signal);
  try {
    const recording = await openRecording(file, source.measurement, source.channel);
    yield* recordedNumbers(recording);
    for (let index = 0; index < recording.frames; index++) {
      signal?.throwIfAborted();
      yield* imageChunks(recording, index, source.values);
    }
  } finally {
    await file.close();
  }
}

/** Start times relative to the first as the array "timestamps", then the frames table. */
async function* recordedNumbers({
  file,
  measurement,
  measurementPath,
  frames,
  height,
}: Recording): AsyncGenerator<Frame> {
  const perFrame = await perFrameDatasets(await file.group(measurementPath), frames);
  const { startTimes } = await frameTimes(perFrame, measurement, height);
  if (startTimes) {
    const seconds: number[] = [];
    for await (const second of relativeSeconds(startTimes, frames)) seconds.push(second);
    yield* timestampChunks(seconds);
  }
  const table = framesTable(perFrame, frames);
  if (!table) return;
  const rows = new TableRows(table);
  for await (const row of frameRows([...perFrame.datasets.values()], frames)) yield* rows.add(row);
  yield* rows.flush();
}

function* timestampChunks(seconds: readonly number[]): Generator<Frame> {
  const perChunk = rowsPerChunk(1, seconds.length, "float64");
  for (let first = 0; first < seconds.length; first += perChunk) {
    const values = Float64Array.from(seconds.slice(first, first + perChunk));
    yield chunkFrame({ arrayId: timestampsArrayId, offset: [first], shape: [values.length], data: asBytes(values) });
  }
}

/** One image: its rows from the top, as its column holds them from the bottom. */
async function* imageChunks(recording: Recording, index: number, values: "height" | "raw"): AsyncGenerator<Frame> {
  const { dataset, height, width, scaling } = recording;
  const dataType = values === "raw" ? recording.dataType : "float32";
  const bytes = await dataset.read({ offset: [0, index], shape: [height * width, 1] });
  const column = asElements(recording.dataType, bytes);
  const rows = rowsPerChunk(width, height, dataType);
  for (let first = 0; first < height; first += rows) {
    const count = Math.min(rows, height - first);
    const data = new Uint8Array(count * width * itemSize[dataType]);
    const target = asElements(dataType, data);
    for (let row = 0; row < count; row++) {
      const bottom = height - 1 - (first + row);
      const line = column.subarray(bottom * width, (bottom + 1) * width);
      if (values === "raw") target.set(line, row * width);
      else toQuantity(line, target, row * width, scaling);
    }
    yield chunkFrame({ arrayId: imageArrayId, offset: [index, first, 0], shape: [1, count, width], data });
  }
}

/** Computed in float64, rounded once. */
function toQuantity(raw: Pixels, target: Pixels, start: number, { multiplier, offset, unit }: Scaling): void {
  const { factor } = unitFactor(unit);
  for (let index = 0; index < raw.length; index++) {
    target[start + index] = ((raw[index] as number) * multiplier + offset) * factor;
  }
}
