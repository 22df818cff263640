import { type DatasetHeader, defineStep, isError, problem, SluiceError } from "@sluice/core";
import { MemoryClass, type Problem } from "@sluice/proto";
import * as v from "valibot";
import { directions } from "../../numeric/spike-detection.ts";
import { bandEntries, isPlan, planBand } from "../../spikes/band.ts";
import { detectionOutline } from "../../spikes/detection-outline.ts";
import { isRecording, layouts, rawRecordingOf } from "../../spikes/raw-recording.ts";
import { defaultRefractoryMs, type ThresholdPlan, thresholdPass } from "../../spikes/threshold-pass.ts";
import { version } from "../../version.ts";

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
 * Two passes: a channel waits until it is complete, on disk where it is long: traces [channel, sample] filtered, one
 * channel at a time, 4 bytes a sample (spikelab: 8); traces [sample, channel] as they are stored, then a few channels at
 * a time likewise. Traces [channel, sample] go on as [sample, channel].
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
  apply: (input, given, signal, warn) => {
    const planned = plan(input.header, given);
    if ("problems" in planned) throw new SluiceError(planned.problems.find(isError) as Problem);
    return { header: planned.header, frames: thresholdPass(input, planned, given, signal, warn) };
  },
});

function plan(header: DatasetHeader, given: Parameters): ThresholdPlan | { readonly problems: readonly Problem[] } {
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
