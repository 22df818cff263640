import { type DatasetHeader, type DatasetStream, problem } from "@sluice/core";
import type { Frame, Problem } from "@sluice/proto";
import { roundHalfToEven } from "@sluice/spikes";
import * as v from "valibot";
import { orderSpikes, type SpikeOrder, WaveformCollector, type WaveformMoments } from "../numeric/waveform-moments.ts";
import type { ZeroPhasePlan } from "../numeric/zero-phase.ts";
import { bandEntries, isPlan, planBand } from "./band.ts";
import { FilteredTraces } from "./filtered-traces.ts";
import { notNegativeMs } from "./parameters.ts";
import { isRecording, type RawRecording, rawRecordingOf } from "./raw-recording.ts";
import { isTrains, TrainCollector, type TrainsOutline, trainsOf } from "./trains.ts";

/** Parameters of windows around spikes. */
export const windowEntries = {
  msBefore: notNegativeMs(1, "Window before the spike in ms."),
  msAfter: notNegativeMs(2, "Window after the spike in ms."),
  ...bandEntries,
};

export interface WindowParameters {
  readonly msBefore: number;
  readonly msAfter: number;
  readonly filter: boolean;
  readonly lowHz: number | null;
  readonly highHz: number | null;
  readonly order: number;
}

/** Whether the traces are filtered before windows are cut. */
export function filterEntry(standard: boolean) {
  return v.pipe(v.optional(v.boolean(), standard), v.description("Band-pass the traces before."));
}

/** What is known of windows before the first frame. */
export interface WaveformPlan {
  readonly recording: RawRecording;
  readonly outline: TrainsOutline;
  readonly filter: ZeroPhasePlan | undefined;
  /** Samples before the one of the spike, and of the whole window. */
  readonly before: number;
  readonly length: number;
}

/** What one channel gave. */
export interface ChannelWaveforms extends WaveformMoments {
  readonly channel: number;
  /** By median absolute deviation. */
  readonly noise: number;
}

/**
 * The windows of a recording, or what speaks against them: what {@link trainsOf}, {@link rawRecordingOf} and
 * {@link planBand} say, and WINDOW_EMPTY.
 */
export function planWaveforms(
  header: DatasetHeader,
  given: WindowParameters,
): WaveformPlan | { readonly problems: Problem[] } {
  const outline = trainsOf(header, { length: false, pairs: false });
  if (!isTrains(outline)) return { problems: [outline] };
  const recording = rawRecordingOf(header, {});
  if (!isRecording(recording)) return { problems: [recording] };
  const filter = given.filter ? planBand(given, recording) : undefined;
  if (filter && !isPlan(filter)) return { problems: [filter] };
  const samplesPerMs = recording.samplingRateHz / 1e3;
  const before = roundHalfToEven(given.msBefore * samplesPerMs);
  const length = before + roundHalfToEven(given.msAfter * samplesPerMs);
  if (length < 1) return { problems: [emptyWindow(given)] };
  return { recording, outline, filter, before, length };
}

/**
 * Windows around spikes, channel by channel, once all frames have passed. Spikes and traces may come in any order: the
 * traces wait on disk, as they are stored where the sample comes first, else 8 bytes a sample (4 where float32 holds
 * them). Memory: 32 bytes a spike, what {@link FilteredTraces} holds, and the moments of one channel.
 */
export class WaveformPass {
  readonly #plan: WaveformPlan;
  readonly #collector: TrainCollector;
  readonly #traces: FilteredTraces;
  /** Channels that were complete while frames passed. */
  readonly #complete: number[] = [];

  constructor(plan: WaveformPlan) {
    const { recording, outline, filter } = plan;
    const exact = filter !== undefined || !isExact(recording);
    this.#plan = plan;
    this.#collector = new TrainCollector(outline);
    this.#traces = new FilteredTraces({ recording, filter, noise: "median absolute deviation", exact });
  }

  /** The frames of the stream, whose spikes and traces are kept. */
  async *frames(input: DatasetStream): AsyncGenerator<Frame> {
    for await (const frame of input.frames) {
      this.#collector.take(frame);
      if (this.#traces.owns(frame)) for await (const channel of this.#traces.take(frame)) this.#complete.push(channel);
      yield frame;
    }
  }

  /** Spikes in the order of time; once the frames have passed. */
  spikes(): SpikeOrder {
    const { recording, before } = this.#plan;
    const { samplingRateHz, startSeconds } = recording;
    const sampleOf = (ms: number) => roundHalfToEven((ms - startSeconds * 1e3) * (samplingRateHz / 1e3));
    const { units } = this.#collector.finish();
    return orderSpikes(
      units.map((train) => train.map(sampleOf)),
      before,
    );
  }

  /** @param onWindow takes each window: its place among the spikes, the channel, and a view that does not last */
  async *channels(
    spikes: SpikeOrder,
    onWindow?: (spike: number, channel: number, window: Float64Array) => void,
  ): AsyncGenerator<ChannelWaveforms> {
    const { outline, length } = this.#plan;
    for await (const channel of this.#all()) {
      const take = onWindow && ((spike: number, window: Float64Array) => onWindow(spike, channel, window));
      const windows = new WaveformCollector(spikes, outline.units, length, take);
      for await (const values of this.#traces.read(channel)) windows.push(values);
      yield { channel, noise: this.#traces.noise(channel), ...windows.finish() };
      await this.#traces.drop(channel);
    }
  }

  async *#all(): AsyncGenerator<number> {
    yield* this.#complete;
    yield* this.#traces.finish();
  }

  close(): Promise<void> {
    return this.#traces.close();
  }
}

/** True when float32 holds every value. */
function isExact({ array }: RawRecording): boolean {
  const isScaled = array.valueScale !== undefined || array.valueOffset !== undefined;
  return !isScaled && /^(u?int(8|16)|float32)$/.test(array.dataType);
}

function emptyWindow({ msBefore, msAfter }: WindowParameters): Problem {
  return problem({
    reason: "WINDOW_EMPTY",
    message: "The window around a spike holds no sample.",
    field: "msBefore, msAfter",
    got: `${msBefore} ms and ${msAfter} ms`,
    remedy: "Take a longer window.",
  });
}
