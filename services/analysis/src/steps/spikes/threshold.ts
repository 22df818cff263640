import { type DatasetHeader, type DatasetStream, defineStep, isError, problem, SluiceError } from "@sluice/core";
import {
  ArraySpec,
  Axis,
  AxisType,
  type Frame,
  MemoryClass,
  type Problem,
  SpikeTrains,
  type TableSpec,
} from "@sluice/proto";
import { raggedFrames, tableOf } from "@sluice/spikes";
import * as v from "valibot";
import { Deviation, NoiseEstimate } from "../../numeric/noise.ts";
import {
  CrossingDetector,
  type Detected,
  type Detector,
  directions,
  ExcursionDetector,
} from "../../numeric/spike-detection.ts";
import { ZeroPhaseFilter, type ZeroPhasePlan } from "../../numeric/zero-phase.ts";
import { bandEntries, isPlan, planBand, tooShort } from "../../spikes/band.ts";
import { freeName, nextArrayId, nextTableId } from "../../spikes/names.ts";
import { ChannelSpool } from "../../spikes/put-aside.ts";
import { channelBlocks, RawAssembly, type RawBlock } from "../../spikes/raw-blocks.ts";
import { isRecording, layouts, type RawRecording, rawRecordingOf } from "../../spikes/raw-recording.ts";
import { TurnedRound } from "../../spikes/turned-round.ts";
import { version } from "../../version.ts";

const defaultRefractoryMs = 1;

const parameters = v.strictObject({
  mode: v.pipe(
    v.optional(v.picklist(["robust", "spikelab"]), "robust"),
    v.description("robust: noise by median absolute deviation, one event a spike. spikelab: the numbers of SpikeLab."),
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
      v.description(`robust: of events closer than this the largest stays, in ms; ${defaultRefractoryMs} by default.`),
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
    v.pipe(v.number(), v.finite(), v.gtValue(0), v.description("Samples a second, where the recording does not say.")),
  ),
});

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

interface Plan {
  readonly recording: RawRecording;
  readonly filter: ZeroPhasePlan | undefined;
  readonly header: DatasetHeader;
  readonly times: ArraySpec;
  readonly amplitudes: ArraySpec;
  readonly units: TableSpec;
}

function plan(header: DatasetHeader, given: Parameters): Plan | { readonly problems: readonly Problem[] } {
  const recording = rawRecordingOf(header, given);
  const foreign = notApplicable(given);
  if (!isRecording(recording)) return { problems: [...foreign, recording] };
  const filter = given.filter ? planBand(given, recording) : undefined;
  if (filter && !isPlan(filter)) return { problems: [...foreign, filter] };
  if (foreign.length > 0) return { problems: foreign };
  return { recording, filter, ...outline(header, recording, given.keepRaw) };
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

/** The header after the step. */
function outline(header: DatasetHeader, recording: RawRecording, keepRaw: boolean): Omit<Plan, "recording" | "filter"> {
  const { array, channels, samples, samplingRateHz, startSeconds, layout } = recording;
  const [sampleAxis, channelAxis] = (layout === "samples-first" ? array.axes : array.axes.toReversed()) as [Axis, Axis];
  const raw: ArraySpec = {
    ...array,
    axes: [
      {
        ...sampleAxis,
        ...(layout === "samples-first" ? {} : { name: "sample" }),
        type: AxisType.AXIS_TYPE_TIME,
        unit: "second",
        scale: 1 / samplingRateHz,
        origin: startSeconds,
        coordinatesArray: "",
      },
      { ...channelAxis, ...(layout === "samples-first" ? {} : { name: "channel" }), type: AxisType.AXIS_TYPE_CHANNEL },
    ],
    chunkShape: layout === "samples-first" ? array.chunkShape : [],
  };
  const arrayId = nextArrayId(header);
  const axes = [
    Axis.fromPartial({ name: "unit", type: AxisType.AXIS_TYPE_ITEM, size: channels, labels: channelAxis.labels }),
  ];
  const spec = (offset: number, name: string, unit: string) =>
    ArraySpec.fromPartial({
      arrayId: arrayId + offset,
      name: freeName(header, name),
      dataType: "float64",
      ragged: true,
      axes,
      unit,
    });
  const times = spec(0, "spikes/times", "second");
  const amplitudes = spec(1, "spikes/amplitudes", array.unit);
  const none = Array.from({ length: channels }, () => 0);
  const name = freeName(header, "spikes/units");
  const units = unitsTable(nextTableId(header), name, { noise: none, thresholds: none }, array.unit).spec;
  const { dataset } = header;
  const trains = SpikeTrains.fromPartial({
    timesArray: times.name,
    amplitudesArray: amplitudes.name,
    unitsTable: name,
    rawArray: keepRaw ? array.name : "",
    samplingRateHz,
    startTimeSeconds: startSeconds,
    durationSeconds: samples === undefined ? undefined : samples / samplingRateHz,
    electrodesTable: dataset.spikeTrains[0]?.electrodesTable ?? "",
  });
  return {
    header: {
      dataset: {
        ...dataset,
        spikeTrains: [trains, ...(keepRaw ? dataset.spikeTrains : dataset.spikeTrains.map(forgetRaw(array.name)))],
        // Traces that were read as an image, for want of other names, are none.
        imageStacks: dataset.imageStacks.filter((stack) => stack.imageArray !== array.name),
      },
      arrays: [
        ...header.arrays.flatMap((other) => (other !== array ? [other] : keepRaw ? [raw] : [])),
        times,
        amplitudes,
      ],
      tables: [...header.tables, units],
    },
    times,
    amplitudes,
    units,
  };
}

function forgetRaw(name: string) {
  return (trains: SpikeTrains): SpikeTrains => (trains.rawArray === name ? { ...trains, rawArray: "" } : trains);
}

function unitsTable(
  tableId: number,
  name: string,
  { noise, thresholds }: { readonly noise: readonly number[]; readonly thresholds: readonly number[] },
  unit: string,
) {
  const numbers = noise.map((_, index) => index);
  return tableOf(tableId, name, noise.length, [
    { name: "id", dataType: "int64", values: numbers },
    { name: "channel", dataType: "int64", values: numbers, description: "index of the channel in the raw traces" },
    { name: "noise", dataType: "float64", values: noise, unit, description: "noise of the channel" },
    { name: "threshold", dataType: "float64", values: thresholds, unit, description: "what a spike exceeds" },
  ]);
}

async function* detect(
  input: DatasetStream,
  planned: Plan,
  given: Parameters,
  signal: AbortSignal,
): AsyncGenerator<Frame> {
  const { recording, times, amplitudes, units } = planned;
  const isTurned = given.keepRaw && recording.layout === "channels-first";
  const turned = isTurned ? new TurnedRound(recording) : undefined;
  const traces = new Traces(planned, given);
  try {
    const raw = new RawAssembly(recording);
    const take = async (blocks: Iterable<RawBlock>) => {
      for (const block of blocks) {
        await turned?.put(block);
        await traces.take(block);
      }
    };
    for await (const frame of input.frames) {
      const mine = raw.owns(frame);
      if (mine) await take(raw.take(frame));
      if (!mine || (given.keepRaw && !turned)) yield frame;
    }
    await take(raw.finish());
    await traces.finish();
    if (turned) yield* turned.frames();
    const noise = traces.noise();
    const thresholds = noise.map((value) => given.sigma * value);
    const events: Detected[] = [];
    for (const [channel, value] of thresholds.entries()) {
      signal.throwIfAborted();
      events.push(await traces.search(channel, value));
    }
    const shift = given.mode === "spikelab" ? 0.5 : 0;
    const { startSeconds, samplingRateHz } = recording;
    const seconds = (samples: Float64Array) =>
      samples.map((sample) => startSeconds + (sample + shift) / samplingRateHz);
    yield* raggedFrames(
      times.arrayId,
      events.map(({ samples }) => seconds(samples)),
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

/** The traces of all channels on their way through the filter to the disk. */
class Traces {
  readonly #recording: RawRecording;
  readonly #given: Parameters;
  readonly #edge: number;
  readonly #filters: readonly (ZeroPhaseFilter | undefined)[];
  readonly #noise: readonly (NoiseEstimate | Deviation)[];
  readonly #spool: ChannelSpool;
  readonly #counts: Float64Array;

  constructor({ recording, filter }: Plan, given: Parameters) {
    const channels = Array.from({ length: recording.channels });
    const isSeed = given.mode === "spikelab";
    this.#recording = recording;
    this.#given = given;
    this.#edge = filter?.edge ?? 0;
    this.#filters = channels.map(() => filter && new ZeroPhaseFilter(filter));
    this.#noise = channels.map(() => (isSeed ? new Deviation() : new NoiseEstimate()));
    this.#spool = new ChannelSpool(recording.channels, isSeed ? Float64Array : Float32Array);
    this.#counts = new Float64Array(recording.channels);
  }

  async take(block: RawBlock): Promise<void> {
    for (const { channel, values } of channelBlocks(this.#recording, block)) {
      this.#counts[channel] = (this.#counts[channel] as number) + values.length;
      const filter = this.#filters[channel];
      if (filter) filter.push(values, (filtered) => this.#put(channel, filtered));
      else this.#put(channel, values);
    }
    await this.#spool.settle();
  }

  async finish(): Promise<void> {
    for (const [channel, filter] of this.#filters.entries()) {
      if (filter && !filter.finish((filtered) => this.#put(channel, filtered))) {
        throw new SluiceError(tooShort(this.#edge, this.#counts[channel] as number));
      }
      await this.#spool.settle();
    }
    await this.#spool.settle(true);
  }

  noise(): number[] {
    return this.#noise.map((estimate) => estimate.value());
  }

  async search(channel: number, value: number): Promise<Detected> {
    const detector = this.#detector(value);
    for await (const values of this.#spool.read(channel)) detector.push(values);
    return detector.finish();
  }

  close(): Promise<void> {
    return this.#spool.close();
  }

  #detector(value: number): Detector {
    const { mode, direction, hysteresis = true, refractoryMs = defaultRefractoryMs } = this.#given;
    if (mode === "spikelab") return new CrossingDetector(direction, value, hysteresis);
    const refractory = (refractoryMs / 1e3) * this.#recording.samplingRateHz;
    return new ExcursionDetector(direction, value > 0 ? value : Number.POSITIVE_INFINITY, refractory);
  }

  #put(channel: number, values: Float64Array): void {
    this.#noise[channel]?.take(values);
    this.#spool.put(channel, values);
  }
}
