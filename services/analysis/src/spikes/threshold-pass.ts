import type { DatasetStream, Warn } from "@sluice/core";
import type { Frame } from "@sluice/proto";
import { raggedFrames } from "@sluice/spikes";
import {
  CrossingDetector,
  type Detected,
  type Detector,
  type Direction,
  ExcursionDetector,
} from "../numeric/spike-detection.ts";
import type { ZeroPhasePlan } from "../numeric/zero-phase.ts";
import { type DetectionOutline, unitsTable } from "./detection-outline.ts";
import { detectionWarnings } from "./detection-warnings.ts";
import { FilteredTraces } from "./filtered-traces.ts";
import type { RawBlock } from "./raw-blocks.ts";
import type { RawRecording } from "./raw-recording.ts";
import { TurnedRound } from "./turned-round.ts";

export const defaultRefractoryMs = 1;

const nothing: Detected = { samples: new Float64Array(0), amplitudes: new Float64Array(0) };

/** What is detected in which traces, through which filter. */
export interface ThresholdPlan extends DetectionOutline {
  readonly recording: RawRecording;
  readonly filter: ZeroPhasePlan | undefined;
}

/** What of the step's parameters a detection asks for. */
export interface ThresholdChoice {
  readonly mode: "robust" | "spikelab";
  /** Threshold in multiples of the noise of the channel. */
  readonly sigma: number;
  readonly direction: Direction;
  readonly refractoryMs?: number | undefined;
  readonly hysteresis?: boolean | undefined;
  /** Pass the raw traces on. */
  readonly keepRaw: boolean;
}

/**
 * The frames behind the step: traces that go on as they come, then the events of each channel, then the table of units.
 * A channel is searched when it is complete; until then its filtered trace waits, on disk if it is long. The events of
 * all channels are held.
 */
export async function* thresholdPass(
  input: DatasetStream,
  planned: ThresholdPlan,
  given: ThresholdChoice,
  signal: AbortSignal,
  warn: Warn,
): AsyncGenerator<Frame> {
  const { recording, filter, times, amplitudes, units } = planned;
  const isSeed = given.mode === "spikelab";
  const isTurned = given.keepRaw && recording.layout === "channels-first";
  const turned = isTurned ? new TurnedRound(recording) : undefined;
  const keep = turned && ((block: RawBlock) => turned.put(block));
  const noiseBy = isSeed ? "standard deviation" : "median absolute deviation";
  const traces = new FilteredTraces({ recording, filter, noise: noiseBy, exact: isSeed });
  const events = Array.from({ length: recording.channels }, () => nothing);
  const search = async (channels: AsyncIterable<number>) => {
    for await (const channel of channels) {
      const detector = detectorOf(given, recording, given.sigma * traces.noise(channel));
      for await (const values of traces.read(channel)) detector.push(values);
      signal.throwIfAborted();
      events[channel] = detector.finish();
      await traces.drop(channel);
    }
  };
  try {
    for await (const frame of input.frames) {
      const mine = traces.owns(frame);
      if (mine) await search(traces.take(frame, keep));
      if (!mine || (given.keepRaw && !turned)) yield frame;
    }
    await search(traces.finish(keep));
    if (turned) yield* turned.frames();
    const noise = events.map((_, channel) => traces.noise(channel));
    const thresholds = noise.map((value) => given.sigma * value);
    const searched = events.map(({ samples }, channel) => ({
      noise: traces.noise(channel),
      spikes: samples.length,
      isClipped: traces.isClipped(channel),
    }));
    for (const warning of detectionWarnings(searched, recording.array.dataType, given.sigma)) warn(warning);
    const { startSeconds, samplingRateHz } = recording;
    const secondsOf = (sample: number) => startSeconds + (sample + (isSeed ? 0.5 : 0)) / samplingRateHz;
    yield* raggedFrames(
      times.arrayId,
      events.map(({ samples }) => samples.map(secondsOf)),
    );
    yield* raggedFrames(
      amplitudes.arrayId,
      events.map((found) => found.amplitudes),
    );
    yield unitsTable(units.tableId, units.name, { noise, thresholds }, recording.array.unit).frame;
  } finally {
    await traces.close();
    await turned?.close();
  }
}

function detectorOf(
  { mode, direction, hysteresis = true, refractoryMs = defaultRefractoryMs }: ThresholdChoice,
  { samplingRateHz }: RawRecording,
  value: number,
): Detector {
  if (mode === "spikelab") return new CrossingDetector(direction, value, hysteresis);
  const refractory = (refractoryMs / 1e3) * samplingRateHz;
  return new ExcursionDetector(direction, value > 0 ? value : Number.POSITIVE_INFINITY, refractory);
}
