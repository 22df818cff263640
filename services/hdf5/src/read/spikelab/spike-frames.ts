import { asBytes } from "@sluice/core";
import { openHdf5 } from "@sluice/hdf5";
import type { ArraySpec, Frame, SpikeTrains } from "@sluice/proto";
import type { LoadOptions } from "../../load-options.ts";
import { RecordingWindow } from "../../profiles/spikelab/recording-window.ts";
import type { Content } from "./content.ts";
import { openTrains } from "./open-trains.ts";
import { type RawTraces, rawFrames } from "./raw.ts";

/** Times in one frame. */
const timesPerFrame = 2 ** 17;
/** Rows in one frame: units without a spike cost nothing else. */
const rowsPerFrame = 4096;

/** What was found in a file when its header was read. */
export interface Recording {
  readonly content: Content;
  readonly options: LoadOptions;
  readonly spikes: SpikeTrains;
  readonly times: ArraySpec;
  readonly raw: RawTraces | undefined;
}

/** The spikes, unit by unit and sorted, then the raw traces. */
export async function* spikeFrames(path: string, recording: Recording, signal?: AbortSignal): AsyncGenerator<Frame> {
  const { content, options, spikes, times, raw } = recording;
  const file = await openHdf5(path, signal);
  try {
    const { trains } = await openTrains(file, content, options);
    yield* raggedFrames(times.arrayId, checked(trains(), new RecordingWindow(spikes, `arrays.${times.name}`)));
    if (raw) yield* rawFrames(file, content, raw);
  } finally {
    await file.close();
  }
}

/** Units in ascending order of times, as `SpikeData` sorts them; none outside the recording. */
async function* checked(trains: AsyncIterable<Float64Array>, window: RecordingWindow): AsyncGenerator<Float64Array> {
  let unit = 0;
  for await (const seconds of trains) {
    window.take(seconds, unit++);
    yield isSorted(seconds) ? seconds : seconds.toSorted();
  }
}

function isSorted(values: Float64Array): boolean {
  for (let index = 1; index < values.length; index++) {
    if ((values[index - 1] as number) > (values[index] as number)) return false;
  }
  return true;
}

/** Rows as ragged chunks: short ones together, long ones in parts. */
async function* raggedFrames(arrayId: number, rows: AsyncIterable<Float64Array>): AsyncGenerator<Frame> {
  let firstRow = 0;
  let held: Float64Array[] = [];
  let length = 0;
  const frame = (row: number, lengths: number[], elementOffset: number, data: Uint8Array): Frame => ({
    sequence: 0,
    content: { $case: "ragged", value: { arrayId, firstRow: row, rowLengths: lengths, elementOffset, data } },
  });
  const flush = (): Frame => {
    const whole = new Float64Array(length);
    let start = 0;
    for (const row of held) {
      whole.set(row, start);
      start += row.length;
    }
    const lengths = held.map((row) => row.length);
    const made = frame(firstRow, lengths, 0, asBytes(whole));
    firstRow += held.length;
    [held, length] = [[], 0];
    return made;
  };
  for await (const row of rows) {
    if (held.length > 0 && (length + row.length > timesPerFrame || held.length === rowsPerFrame)) yield flush();
    if (row.length <= timesPerFrame) {
      held.push(row);
      length += row.length;
      continue;
    }
    for (let start = 0; start < row.length; start += timesPerFrame) {
      const part = row.slice(start, start + timesPerFrame);
      yield frame(firstRow, [part.length], start, asBytes(part));
    }
    firstRow++;
  }
  if (held.length > 0) yield flush();
}
