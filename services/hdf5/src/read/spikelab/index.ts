import { basename, extname } from "node:path";
import type { DatasetStream } from "@sluice/core";
import type { Hdf5File } from "@sluice/hdf5";
import {
  ArraySpec,
  Axis,
  AxisType,
  DatasetSpec,
  type FieldOrigin,
  type Frame,
  Origin,
  Provenance,
  SpikeTrains,
} from "@sluice/proto";
import type { LoadOptions } from "../../load-options.ts";
import { rootAttributes, specAttribute } from "../../profiles/generic/layout.ts";
import { texts } from "../../profiles/spikelab/describe.ts";
import type { Reading } from "../../reading.ts";
import { partFrames } from "../generic/part-frames.ts";
import { assumedUnits } from "./assumed-units.ts";
import { type Content, contentOf, isSpikelab, type RootAttributes } from "./content.ts";
import { decoded, parsed } from "./json.ts";
import { openTrains } from "./open-trains.ts";
import { findRaw } from "./raw.ts";
import { type Recording, spikeFrames } from "./spike-frames.ts";
import { findTables } from "./tables.ts";
import type { Trains } from "./trains.ts";

/** Spikes in one of SpikeLab's four styles, by the rules of its `load_spikedata_from_hdf5`. */
export const spikelab: Reading = { name: "spikelab", recognises: isSpikelab, load };

async function load(file: Hdf5File, path: string, options: LoadOptions, signal?: AbortSignal): Promise<DatasetStream> {
  const content = await contentOf(file, options);
  const trains = await openTrains(file, content, options);
  const raw = await findRaw(file, content, options);
  const traces = typeof raw === "string" ? undefined : raw;
  const tables = await findTables(file);
  const { attributes } = content;
  const times = timesOf(attributes, trains.unitCount);
  const startTimeSeconds = exactSeconds(attributes, "start_time", "start_time_seconds") ?? 0;
  const spikes = SpikeTrains.fromPartial({
    timesArray: times.name,
    startTimeSeconds,
    durationSeconds: await durationOf(content, trains, options, startTimeSeconds),
    samplingRateHz:
      options.samplingRateHz ??
      attributes.number("sampling_rate_hz") ??
      trains.samplingRateHz ??
      traces?.samplingRateHz,
    unitsTable: tables.find(({ group }) => group === "neuron_attributes")?.part.table.name ?? "",
    electrodesTable: tables.find(({ group }) => group === "electrodes")?.part.table.name ?? "",
    rawArray: traces?.traces.name ?? "",
  });
  const arrays = [times, ...(traces ? [traces.traces] : []), ...(traces?.times ? [traces.times] : [])];
  const parts = tables.map(({ part }) => part);
  const dataset = datasetOf(attributes, basename(path, extname(path)), spikes);
  dataset.origins.push(
    ...trains.notes.map((detail) => origin(`arrays.${times.name}`, Origin.ORIGIN_DERIVED, detail)),
    ...(await assumedUnits(file, content, options, { times: times.name, raw: traces?.traces.name })),
    ...(typeof raw === "string" ? [origin("spike_trains[0].raw_array", Origin.ORIGIN_ABSENT, raw)] : []),
  );
  const recording: Recording = { content, options, spikes, times, raw: traces };
  return {
    header: { dataset, arrays, tables: parts.map(({ table }) => table) },
    frames: { [Symbol.asyncIterator]: () => framesOf() },
  };

  async function* framesOf(): AsyncGenerator<Frame> {
    if (parts.length > 0) yield* partFrames(path, parts, signal);
    yield* spikeFrames(path, recording, signal);
  }
}

/** The array of times, by the name that it had. */
function timesOf(attributes: RootAttributes, unitCount: number): ArraySpec {
  const known = decoded(ArraySpec, attributes.text(specAttribute), specAttribute) ?? ArraySpec.fromPartial({});
  return ArraySpec.fromPartial({
    ...known,
    arrayId: 1,
    name: known.name || "spikes/times",
    dataType: "float64",
    unit: known.unit || "second",
    ragged: true,
    axes: [
      Axis.fromPartial({
        name: "unit",
        type: AxisType.AXIS_TYPE_ITEM,
        ...known.axes[0],
        size: unitCount,
        coordinatesArray: "",
      }),
    ],
    chunkShape: [],
  });
}

/** Seconds as they were before they became milliseconds, where the file says both and they agree. */
function exactSeconds(attributes: RootAttributes, msName: string, secondsName: string): number | undefined {
  const [ms, seconds] = [attributes.number(msName), attributes.number(secondsName)];
  if (ms === undefined) return undefined;
  const agree = seconds !== undefined && Math.abs(seconds * 1e3 - ms) <= 1e-12 * Math.abs(ms);
  return agree ? seconds : ms / 1e3;
}

/** Of the options, the style, the file, or up to the last spike: the first that is known. */
async function durationOf(
  { attributes }: Content,
  trains: Trains,
  { lengthMs }: LoadOptions,
  startSeconds: number,
): Promise<number> {
  if (trains.lengthMs !== undefined) return trains.lengthMs / 1e3;
  const known = lengthMs === undefined ? exactSeconds(attributes, "length_ms", "duration_seconds") : lengthMs / 1e3;
  if (known !== undefined) return known;
  let last = startSeconds;
  for await (const several of trains.trains())
    for (const seconds of several) for (const time of seconds) if (time > last) last = time;
  return last - startSeconds;
}

/** The dataset as our exporter kept it; of other files, what the file is. */
function datasetOf(attributes: RootAttributes, stem: string, spikes: SpikeTrains): DatasetSpec {
  const json = (name: string) => parsed(attributes.text(name), name);
  const message = <Message>(type: { fromJSON(json: unknown): Message }, name: string) =>
    decoded(type, attributes.text(name), name);
  return {
    ...(message(DatasetSpec, rootAttributes.dataset) ?? DatasetSpec.fromPartial({ name: stem })),
    spikeTrains: [spikes],
    origins: [],
    metadata: json(texts.metadata),
    records: json(texts.records),
    provenance: message(Provenance, texts.provenance),
  };
}

function origin(field: string, kind: Origin, detail: string): FieldOrigin {
  return { field, origin: kind, detail };
}
