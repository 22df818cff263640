import { openHdf5 } from "@sluice/hdf5";
import type { ArraySpec, Frame, SpikeTrains } from "@sluice/proto";
import { RecordingWindow, raggedFrames } from "@sluice/spikes";
import type { LoadOptions } from "../../load-options.ts";
import type { Content } from "./content.ts";
import { openTrains } from "./open-trains.ts";
import { type RawTraces, rawFrames } from "./raw.ts";

/** What was found in a file when its header was read. */
export interface Recording {
  readonly content: Content;
  readonly options: LoadOptions;
  readonly spikes: SpikeTrains;
  readonly times: ArraySpec;
  readonly raw: RawTraces | undefined;
}

/** The spikes, unit by unit and in the order of the file, then the raw traces. */
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

/** The trains as they are; none has a spike outside the recording. */
async function* checked(
  trains: AsyncIterable<readonly Float64Array[]>,
  window: RecordingWindow,
): AsyncGenerator<readonly Float64Array[]> {
  let unit = 0;
  for await (const several of trains) {
    for (const seconds of several) window.take(seconds, unit++);
    yield several;
  }
}
