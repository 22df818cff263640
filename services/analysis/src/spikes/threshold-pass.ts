import type { DatasetStream, Warn } from "@sluice/core";
import type { Frame } from "@sluice/proto";
import { openSpool } from "@sluice/sink";
import { raggedFrames } from "@sluice/spikes";
import { CrossingDetector, type Detector, type Direction, ExcursionDetector } from "../numeric/spike-detection.ts";
import type { ZeroPhasePlan } from "../numeric/zero-phase.ts";
import { type DetectionOutline, unitsTable } from "./detection-outline.ts";
import { detectionWarnings } from "./detection-warnings.ts";
import { FilteredTraces } from "./filtered-traces.ts";
import type { RawBlock } from "./raw-blocks.ts";
import type { RawRecording } from "./raw-recording.ts";
import { RowSpool } from "./row-spool.ts";
import { TurnedRound } from "./turned-round.ts";

export const defaultRefractoryMs = 1;

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
 * Channels are searched in order, each when it is complete; until then it waits, and its events wait for those of all,
 * on disk if they are many.
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
  const spool = openSpool();
  const [seconds, values] = [new RowSpool(spool), new RowSpool(spool)];
  const { startSeconds, samplingRateHz } = recording;
  const secondsOf = (sample: number) => startSeconds + (sample + (isSeed ? 0.5 : 0)) / samplingRateHz;
  const search = async (channels: AsyncIterable<number>) => {
    for await (const channel of channels) {
      const detector = detectorOf(given, recording, given.sigma * traces.noise(channel));
      for await (const piece of traces.read(channel)) detector.push(piece);
      signal.throwIfAborted();
      await traces.drop(channel);
      const found = detector.finish();
      await seconds.append(found.samples.map(secondsOf));
      await values.append(found.amplitudes);
    }
  };
  try {
    for await (const frame of input.frames) {
      const mine = traces.owns(frame);
      if (mine) await search(traces.take(frame, keep));
      if (!mine || (given.keepRaw && !turned)) yield frame;
    }
    await search(traces.finish(keep));
    // A recording of no length has channels without a sample.
    for (let row = seconds.lengths.length; row < recording.channels; row++) {
      await seconds.append(new Float64Array(0));
      await values.append(new Float64Array(0));
    }
    if (turned) yield* turned.frames();
    const channels = [...Array(recording.channels).keys()];
    const noise = channels.map((channel) => traces.noise(channel));
    const thresholds = noise.map((value) => given.sigma * value);
    const searched = channels.map((channel) => ({
      noise: traces.noise(channel),
      spikes: seconds.lengths[channel] ?? 0,
      isClipped: traces.isClipped(channel),
    }));
    for (const warning of detectionWarnings(searched, recording.array.dataType, given.sigma)) warn(warning);
    yield* raggedFrames(times.arrayId, seconds.rows());
    yield* raggedFrames(amplitudes.arrayId, values.rows());
    yield unitsTable(units.tableId, units.name, { noise, thresholds }, recording.array.unit).frame;
  } finally {
    await traces.close();
    await turned?.close();
    await spool.close();
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
