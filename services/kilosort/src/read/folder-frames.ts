import { asBytes, chunkFrame } from "@sluice/core";
import type { ArraySpec, Frame } from "@sluice/proto";
import { type RecordingWindow, raggedFrames, type TimeScale } from "@sluice/spikes";
import { secondsOf } from "../file-times.ts";
import { openSpikeLists } from "./spike-lists.ts";
import { Templates } from "./templates.ts";
import { unitSpikes } from "./unit-spikes.ts";

/** What is read again when the data are. */
export interface SpikeSource {
  readonly folder: string;
  readonly files: readonly string[];
  readonly ids: readonly number[];
  readonly counts: ReadonlyMap<number, number>;
  readonly scale: TimeScale;
  readonly startSeconds: number;
  readonly window: () => RecordingWindow;
}

/** Times unit by unit, in seconds, then amplitudes likewise. */
export async function* spikeFrames(
  { folder, files, ids, counts, scale, startSeconds, window }: SpikeSource,
  times: ArraySpec,
  amplitudes: ArraySpec | undefined,
): AsyncGenerator<Frame> {
  const lists = await openSpikeLists(folder, files);
  try {
    yield* raggedFrames(times.arrayId, seconds(window()));
    if (amplitudes) yield* raggedFrames(amplitudes.arrayId, sizes());
  } finally {
    await lists.close();
  }

  async function* seconds(inside: RecordingWindow): AsyncGenerator<Float64Array> {
    let unit = 0;
    for await (const spikes of unitSpikes({ ...lists, amplitudes: undefined }, ids, counts)) {
      const values = secondsOf(spikes.times, scale, startSeconds);
      inside.take(values, unit++);
      yield values;
    }
  }

  async function* sizes(): AsyncGenerator<Float64Array> {
    for await (const spikes of unitSpikes(lists, ids, counts)) yield spikes.amplitudes ?? new Float64Array(0);
  }
}

/** The template of each unit; zeros where it has none. */
export async function* templateFrames(
  folder: string,
  files: readonly string[],
  array: ArraySpec,
  templateOf: readonly number[],
  channels: number | undefined,
  unwhiten: boolean,
): AsyncGenerator<Frame> {
  const templates = await Templates.open(folder, files, channels, unwhiten);
  if (!(templates instanceof Templates)) return;
  try {
    const shape = [1, templates.samples, templates.channels];
    for (const [unit, index] of templateOf.entries()) {
      const List = templates.dataType === "float32" ? Float32Array : Float64Array;
      const values = index === -1 ? new List(templates.samples * templates.channels) : await templates.read(index);
      yield chunkFrame({ arrayId: array.arrayId, offset: [unit, 0, 0], shape, data: asBytes(values) });
    }
  } finally {
    await templates.close();
  }
}
