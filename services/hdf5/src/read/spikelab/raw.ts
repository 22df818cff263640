import { asBytes, chunkFrame, type DataType, itemSize } from "@sluice/core";
import type { Hdf5Dataset, Hdf5File } from "@sluice/hdf5";
import { ArraySpec, Axis, AxisType, type Frame } from "@sluice/proto";
import { rowsPerBlock, type TimeScale, toSeconds, transposed } from "@sluice/spikes";
import type { LoadOptions } from "../../load-options.ts";
import { specAttribute } from "../../profiles/generic/layout.ts";
import type { Content } from "./content.ts";
import { decoded } from "./json.ts";
import { listLength, readNumbers, span } from "./numbers.ts";
import { scaleOf, type UnitHints } from "./scale.ts";
import { unfitFile } from "./spikelab-error.ts";

/** Raw traces of a file: the arrays that they become, and where they stand. */
export interface RawTraces {
  readonly traces: ArraySpec;
  /** Times of the samples, where they are not regular. */
  readonly times: ArraySpec | undefined;
  /** Samples per second, where they are regular. */
  readonly samplingRateHz: number | undefined;
  readonly scale: TimeScale;
}

const timesPerRead = 2 ** 17;
/** Of the distance between samples: clocks closer to an even one than this are even. */
const jitter = 1e-6;

/** The raw traces, if there are some; or why they are left out. */
export async function findRaw(
  file: Hdf5File,
  content: Content,
  options: LoadOptions,
): Promise<RawTraces | string | undefined> {
  const { rawDataset, rawTimeDataset } = content.names;
  if (!(await file.has(rawDataset)) && options.rawDataset === undefined) return undefined;
  const raw = await file.dataset(rawDataset);
  if (!(await file.has(rawTimeDataset)) && options.rawTimeDataset === undefined) {
    return `${rawDataset} has no times beside it (${rawTimeDataset}), and is left out`;
  }
  const times = await file.dataset(rawTimeDataset);
  const { shape, dataType } = raw;
  const length = listLength(times);
  if (shape === null || shape.at(-1) !== length) {
    throw unfitFile({
      reason: "SPIKELAB_LENGTHS_DIFFER",
      message: "The last axis of the raw traces must be as long as their times.",
      field: raw.path,
      got: `[${(shape ?? []).join(", ")}] and [${length}]`,
    });
  }
  if (shape.includes(0)) return `${rawDataset} holds nothing`;
  if (shape.length !== 2 || dataType === undefined || !/^(u?int|float)/.test(dataType)) {
    throw unfitFile({
      reason: "SPIKELAB_SHAPE_INVALID",
      message: "Raw traces must be numbers of two axes, [channel, sample].",
      field: raw.path,
      got: `${dataType ?? "no numbers"} [${shape.join(", ")}]`,
    });
  }
  const scale = await scaleOf(times, rawHints(content, options));
  const clock = await regularClock(times, length, scale);
  const [channels, samples] = shape as [number, number];
  const spec = await recordedSpec(raw);
  const name = spec?.name ?? "spikes/raw";
  const timesName = `${name}_times`;
  const axes = [
    Axis.fromPartial({
      ...(spec?.axes[0] ?? { name: "sample", type: AxisType.AXIS_TYPE_TIME }),
      size: samples,
      unit: "second",
      scale: clock?.step,
      origin: clock?.start ?? 0,
      coordinatesArray: clock ? "" : timesName,
    }),
    Axis.fromPartial({
      ...(spec?.axes[1] ?? { name: "channel", type: AxisType.AXIS_TYPE_CHANNEL }),
      size: channels,
      coordinatesArray: "",
    }),
  ];
  const known = spec ?? {};
  return {
    traces: ArraySpec.fromPartial({ ...known, arrayId: 2, name, dataType, axes, chunkShape: [], ragged: false }),
    times: clock
      ? undefined
      : ArraySpec.fromPartial({
          arrayId: 3,
          name: timesName,
          dataType: "float64",
          unit: "second",
          axes: [Axis.fromPartial({ name: "sample", type: AxisType.AXIS_TYPE_TIME, size: samples })],
        }),
    samplingRateHz: clock && 1 / clock.step,
    scale,
  };
}

/** Hints for the times of raw samples: SpikeLab's exporter writes them in ms. */
export function rawHints(content: Content, options: LoadOptions): UnitHints {
  const samplingRateHz = options.samplingRateHz ?? content.attributes.number("sampling_rate_hz");
  return { unit: options.rawTimeUnit, assumed: content.seed ? "ms" : "s", samplingRateHz, option: "rawTimeUnit" };
}

/** The traces as [sample, channel], then their times. Memory: one block of 1 MiB, or as wide as the file's chunks. */
export async function* rawFrames(file: Hdf5File, content: Content, raw: RawTraces): AsyncGenerator<Frame> {
  const dataset = await file.dataset(content.names.rawDataset);
  const [channels, samples] = dataset.shape as [number, number];
  const itemBytes = itemSize[dataset.dataType as DataType];
  const perBlock = rowsPerBlock(raw.traces);
  const stored = dataset.chunks?.[1];
  const step = stored !== undefined && stored < perBlock ? perBlock - (perBlock % stored) : perBlock;
  for (let first = 0; first < samples; first += step) {
    const count = Math.min(step, samples - first);
    const bytes = await dataset.read({ offset: [0, first], shape: [channels, count] });
    const data = transposed(bytes, channels, count, itemBytes);
    yield chunkFrame({ arrayId: raw.traces.arrayId, offset: [first, 0], shape: [count, channels], data });
  }
  if (!raw.times) return;
  const times = await file.dataset(content.names.rawTimeDataset);
  for (let first = 0; first < samples; first += timesPerRead) {
    const end = Math.min(samples, first + timesPerRead);
    const seconds = toSeconds(await readNumbers(times, span(first, end)), raw.scale);
    yield chunkFrame({ arrayId: raw.times.arrayId, offset: [first], shape: [end - first], data: asBytes(seconds) });
  }
}

/** Start and step in seconds, if the times are those of an even clock. */
async function regularClock(times: Hdf5Dataset, length: number, scale: TimeScale) {
  if (length < 2) return undefined;
  const at = async (index: number) => toSeconds(await readNumbers(times, span(index, index + 1)), scale)[0] as number;
  const [start, end] = [await at(0), await at(length - 1)];
  const step = (end - start) / (length - 1);
  if (!(step > 0 && Number.isFinite(step))) return undefined;
  for (let first = 0; first < length; first += timesPerRead) {
    const seconds = toSeconds(await readNumbers(times, span(first, Math.min(length, first + timesPerRead))), scale);
    for (const [index, time] of seconds.entries()) {
      if (!(Math.abs(time - (start + (first + index) * step)) <= jitter * step)) return undefined;
    }
  }
  return { start, step };
}

async function recordedSpec(raw: Hdf5Dataset): Promise<ArraySpec | undefined> {
  const text = (await raw.attributes()).get(specAttribute);
  return typeof text === "string" ? decoded(ArraySpec, text, specAttribute) : undefined;
}
