import { chunkFrame } from "@sluice/core";
import { type Hdf5File, openHdf5 } from "@sluice/hdf5";
import type { ArraySpec, Frame } from "@sluice/proto";
import type { FoundContents } from "./contents.ts";
import { raggedColumnFrames } from "./units.ts";

/** Payload of a frame. */
const frameBytes = 2 ** 20;

/** The data of a file: tables, spikes, waveforms, raw traces. Opens the file, and closes it however the iteration ends. */
export async function* contentFrames(path: string, found: FoundContents, signal?: AbortSignal): AsyncGenerator<Frame> {
  for (const { frame } of Object.values(found.tables)) yield frame;
  const file = await openHdf5(path, signal);
  try {
    const { units, times, amplitudes, templates, series } = found;
    // Amplitudes are in the order of the spikes: where there are some, that order stays.
    if (units) yield* raggedColumnFrames(file, times.arrayId, units.times);
    if (units?.amplitudes && amplitudes) {
      yield* raggedColumnFrames(file, amplitudes.arrayId, units.amplitudes);
    }
    if (units?.waveforms !== undefined && templates) yield* arrayFrames(file, units.waveforms, templates);
    if (!series) return;
    yield* arrayFrames(file, series.path, series.array);
    if (series.times) yield* arrayFrames(file, series.path.replace(/data$/, "timestamps"), series.times);
  } finally {
    await file.close();
  }
}

/** A dataset as chunks of whole rows; one that lacks axes of the array has them of length 1. */
async function* arrayFrames(file: Hdf5File, path: string, { arrayId, axes }: ArraySpec): AsyncGenerator<Frame> {
  const dataset = await file.dataset(path);
  for await (const { offset, shape, data } of dataset.blocks({ maximumBytes: frameBytes })) {
    const missing = axes.slice(shape.length);
    yield chunkFrame({
      arrayId,
      offset: [...offset, ...missing.map(() => 0)],
      shape: [...shape, ...missing.map(() => 1)],
      data,
    });
  }
}
