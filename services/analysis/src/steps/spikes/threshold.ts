import { type DatasetHeader, type DatasetStream, defineStep, isError, problem, SluiceError } from "@sluice/core";
import { type Frame, MemoryClass, type Problem } from "@sluice/proto";
import { raggedFrames } from "@sluice/spikes";
import * as v from "valibot";
import {
  CrossingDetector,
  type Detected,
  type Detector,
  directions,
  ExcursionDetector,
} from "../../numeric/spike-detection.ts";
import type { ZeroPhasePlan } from "../../numeric/zero-phase.ts";
import { bandEntries, isPlan, planBand } from "../../spikes/band.ts";
import { type DetectionOutline, detectionOutline, unitsTable } from "../../spikes/detection-outline.ts";
import { FilteredTraces } from "../../spikes/filtered-traces.ts";
import type { RawBlock } from "../../spikes/raw-blocks.ts";
import { isRecording, layouts, type RawRecording, rawRecordingOf } from "../../spikes/raw-recording.ts";
import { TurnedRound } from "../../spikes/turned-round.ts";
import { version } from "../../version.ts";

const defaultRefractoryMs = 1;

const parameters = v.pipe(
  v.strictObject({
    mode: v.pipe(
      v.optional(v.picklist(["robust", "spikelab"]), "robust"),
      v.description(
        "robust: noise by median absolute deviation, one event a spike. spikelab: the numbers of SpikeLab.",
      ),
    ),
    sigma: v.pipe(
      v.optional(v.pipe(v.number(), v.finite(), v.gtValue(0)), 5),
      v.description("Threshold in multiples of the noise of the channel."),
    ),
    direction: v.pipe(v.optional(v.picklist(directions), "both"), v.description("Deflections that count.")),
    refractoryMs: v.optional(
      v.pipe(
        v.number(),
        v.finite(),
        v.minValue(0),
        v.description(
          `robust: of events closer than this the largest stays, in ms; ${defaultRefractoryMs} by default.`,
        ),
      ),
    ),
    hysteresis: v.optional(
      v.pipe(v.boolean(), v.description("spikelab: first samples beyond the threshold alone; true by default.")),
    ),
    filter: v.pipe(v.optional(v.boolean(), true), v.description("Band-pass the traces before.")),
    ...bandEntries,
    keepRaw: v.pipe(v.optional(v.boolean(), true), v.description("Pass the raw traces on behind the step.")),
    array: v.optional(v.pipe(v.string(), v.description("Array of the raw traces, where the recording does not say."))),
    layout: v.optional(v.pipe(v.picklist(layouts), v.description("Order of its axes, where they are not named."))),
    samplingRateHz: v.optional(
      v.pipe(
        v.number(),
        v.finite(),
        v.gtValue(0),
        v.description("Samples a second, where the recording does not say."),
      ),
    ),
  }),
  v.transform((given) =>
    given.mode === "robust"
      ? { ...given, refractoryMs: given.refractoryMs ?? defaultRefractoryMs }
      : { ...given, hysteresis: given.hysteresis ?? true },
  ),
);

type Parameters = v.InferOutput<typeof parameters>;

/**
 * Finds spikes on each channel of raw traces; every channel becomes a unit.
 *
 * robust: zero-phase Butterworth, noise = median |x - median x| / 0.6745 of up to 32768 samples spread over the
 * recording, one event for each excursion at its extremum, of events within the refractory period the largest; times
 * are those of the sample. A channel whose noise is 0 is dead and has no events.
 * spikelab: `SpikeData.from_thresholding`: threshold from the standard deviation, rising edges, no refractory period,
 * times half a sample later.
 *
 * Two passes: the filtered traces wait on disk, 4 bytes a sample (spikelab: 8). Traces [channel, sample] go on as
 * [sample, channel].
 */
export const threshold = defineStep<Parameters>({
  name: "spikes.threshold",
  summary: "Spikes in raw traces, by a threshold on each channel.",
  version,
  memory: MemoryClass.MEMORY_CLASS_TWO_PASS,
  parameters,
  check: (header, given) => {
    const planned = plan(header, given);
    return "problems" in planned ? [...planned.problems] : [];
  },
  apply: (input, given, signal) => {
    const planned = plan(input.header, given);
    if ("problems" in planned) throw new SluiceError(planned.problems.find(isError) as Problem);
    return { header: planned.header, frames: detect(input, planned, given, signal) };
  },
});

interface Plan extends DetectionOutline {
  readonly recording: RawRecording;
  readonly filter: ZeroPhasePlan | undefined;
}

function plan(header: DatasetHeader, given: Parameters): Plan | { readonly problems: readonly Problem[] } {
  const recording = rawRecordingOf(header, given);
  const foreign = notApplicable(given);
  if (!isRecording(recording)) return { problems: [...foreign, recording] };
  const filter = given.filter ? planBand(given, recording) : undefined;
  if (filter && !isPlan(filter)) return { problems: [...foreign, filter] };
  if (foreign.length > 0) return { problems: foreign };
  return { recording, filter, ...detectionOutline(header, recording, given.keepRaw) };
}

function notApplicable({ mode, refractoryMs, hysteresis }: Parameters): Problem[] {
  const [name, value] = mode === "spikelab" ? ["refractoryMs", refractoryMs] : ["hysteresis", hysteresis];
  if (value === undefined) return [];
  return [
    problem({
      reason: "OPTION_NOT_APPLICABLE",
      message: "The parameter has no meaning in this mode.",
      field: `spikes.threshold.${name}`,
      got: `mode=${mode}`,
      allowed: [mode === "spikelab" ? "robust" : "spikelab"],
      remedy: "Leave it out, or choose the other mode.",
    }),
  ];
}

async function* detect(
  input: DatasetStream,
  planned: Plan,
  given: Parameters,
  signal: AbortSignal,
): AsyncGenerator<Frame> {
  const { recording, filter, times, amplitudes, units } = planned;
  const isSeed = given.mode === "spikelab";
  const isTurned = given.keepRaw && recording.layout === "channels-first";
  const turned = isTurned ? new TurnedRound(recording) : undefined;
  const keep = turned && ((block: RawBlock) => turned.put(block));
  const noiseBy = isSeed ? "standard deviation" : "median absolute deviation";
  const traces = new FilteredTraces({ recording, filter, noise: noiseBy, exact: isSeed });
  try {
    for await (const frame of input.frames) {
      const mine = traces.owns(frame);
      if (mine) await traces.take(frame, keep);
      if (!mine || (given.keepRaw && !turned)) yield frame;
    }
    await traces.finish(keep);
    if (turned) yield* turned.frames();
    const noise = Array.from({ length: recording.channels }, (_, channel) => traces.noise(channel));
    const thresholds = noise.map((value) => given.sigma * value);
    const events: Detected[] = [];
    for (const [channel, value] of thresholds.entries()) {
      const detector = detectorOf(given, recording, value);
      for await (const values of traces.read(channel)) detector.push(values);
      signal.throwIfAborted();
      events.push(detector.finish());
    }
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
  { mode, direction, hysteresis = true, refractoryMs = defaultRefractoryMs }: Parameters,
  { samplingRateHz }: RawRecording,
  value: number,
): Detector {
  if (mode === "spikelab") return new CrossingDetector(direction, value, hysteresis);
  const refractory = (refractoryMs / 1e3) * samplingRateHz;
  return new ExcursionDetector(direction, value > 0 ? value : Number.POSITIVE_INFINITY, refractory);
}
