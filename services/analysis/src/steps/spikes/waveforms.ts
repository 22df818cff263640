import { type DatasetHeader, type DatasetStream, defineStep, problem, SluiceError } from "@sluice/core";
import { AxisType, type Frame, MemoryClass, type Problem } from "@sluice/proto";
import * as v from "valibot";
import { Results } from "../../spikes/results.ts";
import { unitAxis } from "../../spikes/trains-step.ts";
import {
  filterEntry,
  planWaveforms,
  WaveformPass,
  type WaveformPlan,
  windowEntries,
} from "../../spikes/waveform-pass.ts";
import { version } from "../../version.ts";

const parameters = v.strictObject({
  ...windowEntries,
  filter: filterEntry(false),
  maxPerUnit: v.pipe(
    v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
    v.description("Single waveforms of each unit that are given, spread over the recording; 0: the templates alone."),
  ),
});

type Parameters = v.InferOutput<typeof parameters>;

/** Templates, or single waveforms, that are held together. */
const mostBytes = 2 ** 30;

/**
 * Mean waveform of each unit on all channels, over the samples from round(t fs) - round(before fs) to before
 * round(t fs) + round(after fs), ties to even; spikes whose window leaves the record do not count. A unit without a
 * spike has zeros. Two passes.
 */
export const waveforms = defineStep<Parameters>({
  name: "spikes.waveforms",
  summary: "Mean waveform of each unit on all channels, and single waveforms.",
  version,
  memory: MemoryClass.MEMORY_CLASS_TWO_PASS,
  parameters,
  check: (header, given) => {
    const plan = planAll(header, given);
    return "problems" in plan ? plan.problems : [];
  },
  apply: (input, given, signal) => {
    const plan = planAll(input.header, given);
    if ("problems" in plan) throw new SluiceError(plan.problems[0] as Problem);
    const results = resultsOf(input.header, plan, given);
    return { header: withTemplates(results), frames: gather(input, plan, given, results, signal) };
  },
});

function planAll(header: DatasetHeader, given: Parameters) {
  const plan = planWaveforms(header, given);
  if ("problems" in plan) return plan;
  const window = 8 * plan.length * plan.recording.channels;
  const bytes = window * plan.outline.units * Math.max(1, given.maxPerUnit);
  return bytes <= mostBytes ? plan : { problems: [tooLarge(bytes, plan)] };
}

function resultsOf(header: DatasetHeader, { recording, outline, before, length }: WaveformPlan, given: Parameters) {
  const { array, channels, samplingRateHz } = recording;
  const stepMs = 1e3 / samplingRateHz;
  const labels = array.axes[recording.layout === "samples-first" ? 1 : 0]?.labels ?? [];
  const window = [
    {
      name: "sample",
      type: AxisType.AXIS_TYPE_TIME,
      size: length,
      unit: "millisecond",
      scale: stepMs,
      origin: before === 0 ? 0 : -before * stepMs,
    },
    { name: "channel", type: AxisType.AXIS_TYPE_CHANNEL, size: channels, labels },
  ];
  const units = unitAxis(outline);
  const spike = { name: "waveform" };
  const shared = { dataType: "float64", unit: array.unit } as const;
  const singles = [
    { ...shared, name: "waveforms", axes: [spike, ...window], description: "single waveforms, unit by unit" },
    { name: "waveform_units", dataType: "int32", axes: [spike], description: "unit of each single waveform" } as const,
    {
      name: "waveform_samples",
      dataType: "float64",
      axes: [spike],
      description: "sample of the spike in the raw traces",
    } as const,
  ];
  return new Results(header, [
    { ...shared, name: "templates", axes: [units, ...window], description: "mean waveform of each unit" },
    { name: "waveform_counts", dataType: "int32", axes: [units], description: "spikes that the template is a mean of" },
    ...(given.maxPerUnit > 0 ? singles : []),
  ]);
}

/** The templates become those of the recording. */
function withTemplates(results: Results): DatasetHeader {
  const header = results.header();
  const [first, ...rest] = header.dataset.spikeTrains;
  if (!first) return header;
  const trains = { ...first, templatesArray: results.nameOf("templates") };
  return { ...header, dataset: { ...header.dataset, spikeTrains: [trains, ...rest] } };
}

async function* gather(
  input: DatasetStream,
  plan: WaveformPlan,
  { maxPerUnit }: Parameters,
  results: Results,
  signal: AbortSignal,
): AsyncGenerator<Frame> {
  const { outline, recording, length } = plan;
  const { channels } = recording;
  const pass = new WaveformPass(plan);
  try {
    yield* pass.frames(input);
    const spikes = pass.spikes();
    const templates = new Float64Array(outline.units * length * channels);
    const singles = maxPerUnit > 0 ? new Singles(plan, spikes.units, maxPerUnit) : undefined;
    let counts: Float64Array = new Float64Array(outline.units);
    for await (const found of pass.channels(spikes, singles && ((...window) => singles.take(...window)))) {
      signal.throwIfAborted();
      counts = found.counts;
      for (const [place, mean] of found.means.entries()) templates[place * channels + found.channel] = mean;
    }
    yield* results.frames(["templates", templates]);
    yield* results.frames(["waveform_counts", Int32Array.from(counts)]);
    for (const [spike, unit, values] of singles?.ordered() ?? []) {
      yield* results.frames(["waveforms", values]);
      yield* results.frames(["waveform_units", Int32Array.of(unit)]);
      yield* results.frames(["waveform_samples", Float64Array.of((spikes.starts[spike] as number) + plan.before)]);
    }
    yield* results.ends();
  } finally {
    await pass.close();
  }
}

/** Single waveforms of some spikes of each unit, [sample, channel] each. */
class Singles {
  readonly #channels: number;
  readonly #wanted: ReadonlyMap<number, { readonly unit: number; readonly values: Float64Array }>;
  readonly #came = new Set<number>();

  constructor({ recording, outline, length }: WaveformPlan, units: Int32Array, most: number) {
    this.#channels = recording.channels;
    const places = Array.from({ length: outline.units }, () => [] as number[]);
    for (const [spike, unit] of units.entries()) places[unit]?.push(spike);
    this.#wanted = new Map(
      places.flatMap((list, unit) =>
        Array.from({ length: Math.min(most, list.length) }, (_, index) => {
          const spike = list[Math.floor((index * list.length) / Math.min(most, list.length))] as number;
          return [spike, { unit, values: new Float64Array(length * recording.channels) }] as const;
        }),
      ),
    );
  }

  take(spike: number, channel: number, window: Float64Array): void {
    const values = this.#wanted.get(spike)?.values;
    if (!values) return;
    this.#came.add(spike);
    for (let sample = 0; sample < window.length; sample++) {
      values[sample * this.#channels + channel] = window[sample] as number;
    }
  }

  /** Those whose window lay in the record, unit by unit. */
  *ordered(): Generator<readonly [spike: number, unit: number, values: Float64Array]> {
    for (const [spike, { unit, values }] of this.#wanted) if (this.#came.has(spike)) yield [spike, unit, values];
  }
}

function tooLarge(bytes: number, { outline, recording, length }: WaveformPlan): Problem {
  return problem({
    reason: "WAVEFORMS_TOO_LARGE",
    message: "The waveforms of all units would fill the memory.",
    field: "maxPerUnit",
    got: `${Math.round(bytes / 2 ** 20)} MiB for ${outline.units} units, ${length} samples, ${recording.channels} channels`,
    allowed: [`${mostBytes / 2 ** 20} MiB`],
    remedy: "Ask for fewer waveforms, a shorter window, or fewer units.",
  });
}
