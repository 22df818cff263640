import { type DataType, isDataType } from "@sluice/core";
import type { Hdf5Dataset, Hdf5File, Hdf5Group } from "@sluice/hdf5";
import { ArraySpec, Axis, AxisType } from "@sluice/proto";
import { conversionOf } from "../contents/volts.ts";
import type { SluiceRecord } from "../sluice-record.ts";
import type { LoadOptions } from "./load-options.ts";
import type { Notes } from "./notes.ts";
import { listLength, readNumbers } from "./numbers.ts";
import { unfitFile } from "./unfit-file.ts";

/** Raw traces of a file. */
export interface StoredSeries {
  readonly path: string;
  readonly array: ArraySpec;
  /** Times of the samples, where they are not even. */
  readonly times: ArraySpec | undefined;
  readonly rateHz: number | undefined;
  readonly samples: number;
}

/** Arrays get these ids and what follows. */
export interface SeriesIds {
  readonly array: number;
  readonly times: number;
}

/** The raw traces: the series that the options name, or the first that is found. */
export async function readSeries(
  file: Hdf5File,
  options: LoadOptions,
  ids: SeriesIds,
  record: SluiceRecord | undefined,
  electrodeIds: readonly (number | string)[] | undefined,
  notes: Notes,
): Promise<StoredSeries | undefined> {
  if (!options.rawTraces) return undefined;
  const paths = options.series === undefined ? await seriesIn(file) : [options.series];
  const [path, ...others] = paths;
  if (path === undefined) return undefined;
  for (const other of others) notes.absent(other, `not read: ${path} is; the option series chooses another`);
  const group = await file.group(path);
  const data = await group.dataset("data");
  const { shape, dataType } = data;
  if (shape === null || shape.length > 2 || shape.length === 0 || !isDataType(dataType ?? "")) {
    throw unfitFile({
      reason: "NWB_SHAPE_INVALID",
      message: "Raw traces must be numbers, [sample, channel] or [sample].",
      field: data.path,
      got: `${dataType ?? "no numbers"}, [${(shape ?? []).join(", ")}]`,
    });
  }
  const [samples = 0, channels = 1] = shape;
  const clock = await clockOf(group, path);
  const values = await scaleOf(group, data, record);
  const name = values.name ?? "spikes/raw";
  const timesName = recordedTimes(record) ?? `${name}_times`;
  const axes = [
    Axis.fromPartial({
      name: "sample",
      type: AxisType.AXIS_TYPE_TIME,
      size: samples,
      unit: "second",
      ...("rateHz" in clock
        ? { scale: 1 / clock.rateHz, origin: clock.startSeconds }
        : { coordinatesArray: timesName }),
    }),
    Axis.fromPartial({
      name: "channel",
      type: AxisType.AXIS_TYPE_CHANNEL,
      size: channels,
      labels: await labelsOf(group, channels, electrodeIds),
    }),
  ];
  const gains = await gainsOf(group);
  return {
    path: data.path,
    samples,
    rateHz: "rateHz" in clock ? clock.rateHz : undefined,
    array: ArraySpec.fromPartial({
      arrayId: ids.array,
      name,
      dataType: dataType as DataType,
      axes,
      unit: values.unit ?? "",
      valueScale: values.valueScale,
      valueOffset: values.valueOffset,
      attributes: gains && { channel_conversion: gains },
    }),
    times:
      "rateHz" in clock
        ? undefined
        : ArraySpec.fromPartial({
            arrayId: ids.times,
            name: timesName,
            dataType: "float64",
            unit: "second",
            axes: [Axis.fromPartial({ name: "sample", type: AxisType.AXIS_TYPE_TIME, size: samples })],
          }),
  };
}

/** Paths of the series of voltages: of the acquisition, then of the processing modules. */
async function seriesIn(file: Hdf5File): Promise<string[]> {
  const found: string[] = [];
  for (const root of ["acquisition", "processing"]) {
    if ((await file.kindOf(root)) === "group") await collect(await file.group(root), 3, found);
  }
  return found;
}

async function collect(group: Hdf5Group, depth: number, found: string[]): Promise<void> {
  if (depth === 0) return;
  for (const { name, kind } of await group.children()) {
    if (kind !== "group") continue;
    const child = await group.group(name);
    if ((await child.attributes()).get("neurodata_type") === "ElectricalSeries") found.push(child.path);
    else await collect(child, depth - 1, found);
  }
}

async function clockOf(
  group: Hdf5Group,
  path: string,
): Promise<{ readonly rateHz: number; readonly startSeconds: number } | { readonly timestamps: true }> {
  if (await group.has("timestamps")) {
    listLength(await group.dataset("timestamps"));
    return { timestamps: true };
  }
  if (await group.has("starting_time")) {
    const start = await group.dataset("starting_time");
    const rateHz = (await start.attributes()).get("rate");
    const [startSeconds] = await readNumbers(start);
    if (typeof rateHz === "number" && rateHz > 0 && startSeconds !== undefined) return { rateHz, startSeconds };
  }
  throw unfitFile({
    reason: "NWB_TIMES_MISSING",
    message: "The series has neither a starting time with a rate nor time stamps.",
    field: path,
    remedy: "Choose another series, or set rawTraces to false.",
  });
}

/** The scale of the values as the dataset had it, where the file still says the same; in volts otherwise. */
async function scaleOf(
  group: Hdf5Group,
  data: Hdf5Dataset,
  record: SluiceRecord | undefined,
): Promise<Partial<ArraySpec>> {
  const attributes = await data.attributes();
  const number = (name: string, otherwise: number) => {
    const value = attributes.get(name);
    return typeof value === "number" ? value : otherwise;
  };
  const conversion = number("conversion", 1);
  const offset = number("offset", 0);
  const rawName = record?.dataset.spikeTrains[0]?.rawArray;
  const own = record?.arrays.find(({ name }) => name === rawName);
  const scale = own && conversionOf(own, { rawUnit: undefined });
  const isOwn = group.path.startsWith("/acquisition/") && own?.dataType === data.dataType;
  if (isOwn && scale?.conversion === conversion && scale.offset === offset) return own ?? {};
  const name = isOwn ? own?.name : undefined;
  const unit = attributes.get("unit") === "volts" ? "V" : String(attributes.get("unit") ?? "");
  return { ...(name === undefined ? {} : { name }), unit, valueScale: conversion, valueOffset: offset };
}

function recordedTimes(record: SluiceRecord | undefined): string | undefined {
  const rawName = record?.dataset.spikeTrains[0]?.rawArray;
  return record?.arrays.find(({ name }) => name === rawName)?.axes[0]?.coordinatesArray || undefined;
}

async function gainsOf(group: Hdf5Group): Promise<number[] | undefined> {
  return (await group.has("channel_conversion"))
    ? [...(await readNumbers(await group.dataset("channel_conversion")))]
    : undefined;
}

/** The ids of the channels' electrodes, where these are not all electrodes in order. */
async function labelsOf(
  group: Hdf5Group,
  channels: number,
  electrodeIds: readonly (number | string)[] | undefined,
): Promise<string[]> {
  if (!electrodeIds || !(await group.has("electrodes"))) return [];
  const rows = [...(await readNumbers(await group.dataset("electrodes")))];
  const inOrder = rows.length === electrodeIds.length && rows.every((row, channel) => row === channel);
  const ids = rows.map((row) => electrodeIds[row]);
  return inOrder || rows.length !== channels || ids.includes(undefined) ? [] : ids.map(String);
}
