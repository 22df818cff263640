import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type DatasetStream, jsonSchemaOf, type Loader, requireOptions } from "@sluice/core";
import {
  ArraySpec,
  Axis,
  AxisType,
  DatasetSpec,
  type FieldOrigin,
  type Frame,
  Origin,
  SpikeTrains,
} from "@sluice/proto";
import { RecordingWindow, type TimeScale, type TimeUnit, timeUnits } from "@sluice/spikes";
import { type LoadOptions, loadOptions } from "./load-options.ts";
import { canonicalNames } from "./names.ts";
import { census } from "./read/census.ts";
import { readClusterTables } from "./read/cluster-tables.ts";
import { unfitFolder } from "./read/fault.ts";
import { spikeFrames, templateFrames } from "./read/folder-frames.ts";
import { type Params, parseParams } from "./read/params.ts";
import { readProbe } from "./read/probe.ts";
import { findRaw, rawFrames } from "./read/raw-traces.ts";
import { openSpikeLists } from "./read/spike-lists.ts";
import { Templates } from "./read/templates.ts";
import { findUnits } from "./read/units.ts";

/** Reads folders of KiloSort 2 to 4, of Phy and of SpikeLab: the folder itself, or its params.py or spike_times.npy. */
export const kilosortLoader: Loader = {
  format: {
    name: "kilosort",
    summary: "Folders of KiloSort 2 to 4 and of Phy: spikes, units with their tables, templates, channels, raw traces",
    extensions: [],
    get optionSchema() {
      return jsonSchemaOf(loadOptions);
    },
  },
  recognises: (path) =>
    /^(params\.py|spike_times\.npy)$/.test(basename(path)) &&
    isSorting((file) => existsSync(join(dirname(path), file))),
  recognisesFolder: (files) => isSorting((file) => files.includes(file)),
  load: async (path, raw, signal) => load(path, requireOptions(loadOptions, raw, "options"), signal),
};

function isSorting(has: (file: string) => boolean): boolean {
  return has("spike_times.npy") && (has("spike_clusters.npy") || has("spike_templates.npy"));
}

const ids = { times: 1, amplitudes: 2, templates: 3, raw: 4, units: 1, electrodes: 2 } as const;

async function load(path: string, options: LoadOptions, signal?: AbortSignal): Promise<DatasetStream> {
  const folder = (await stat(path)).isDirectory() ? path : dirname(path);
  const files = await readdir(folder);
  const params = parseParams(files.includes("params.py") ? await readFile(join(folder, "params.py"), "utf8") : "");
  const samplingRateHz = options.samplingRateHz ?? params.samplingRateHz;
  const scale = scaleOf(options, params, samplingRateHz);
  const probe = await readProbe(folder, files, ids.electrodes, params.placeholders);
  const found = await Templates.open(folder, files, probe.map?.length, options.unwhiten);
  const templates = found instanceof Templates ? found : undefined;
  try {
    const lists = await openSpikeLists(folder, files);
    const counted = await census(lists, signal).finally(() => lists.close());
    const clusters = await readClusterTables(folder, files, options.clusterInfo);
    const units = await findUnits(
      {
        census: counted,
        clusters,
        probe,
        templates,
        includeNoise: options.includeNoise,
        placeholders: params.placeholders,
      },
      ids.units,
    );
    const raw = options.rawTraces ? await findRaw(folder, files, { ...params, samplingRateHz }, ids.raw) : undefined;
    const traces = typeof raw === "string" ? undefined : raw;
    const startSeconds = params.startTimeSeconds ?? 0;
    const times = unitArray(ids.times, canonicalNames.times, units.ids.length, "second");
    const amplitudes = lists.amplitudes && unitArray(ids.amplitudes, canonicalNames.amplitudes, units.ids.length, "");
    const made = params.placeholders.includes("templates.npy");
    const templateArray = templates && !made ? templatesArray(templates, units.ids.length) : undefined;
    const spikes = SpikeTrains.fromPartial({
      timesArray: times.name,
      amplitudesArray: amplitudes?.name ?? "",
      templatesArray: templateArray?.name ?? "",
      rawArray: traces?.array.name ?? "",
      unitsTable: units.table.spec.name,
      electrodesTable: probe.table?.spec.name ?? "",
      samplingRateHz,
      startTimeSeconds: startSeconds,
      durationSeconds: durationOf(options, params, traces?.array, secondsOf(counted.latest, scale)),
    });
    const arrays = [times, amplitudes, templateArray, traces?.array].filter((array) => array !== undefined);
    const tables = [units.table, ...(probe.table ? [probe.table] : [])];
    const notes = [
      ...units.notes,
      ...probe.notes,
      ...(templates?.notes ?? []),
      ...[found, raw].filter((note) => typeof note === "string"),
    ];
    if (made) notes.push("templates.npy is a placeholder, as params.py says, and is left out");
    const dataset = DatasetSpec.fromPartial({
      name: basename(resolve(folder)),
      spikeTrains: [spikes],
      provenance: { source: basename(resolve(folder)) },
      origins: [...notes.map((detail) => derived(detail)), ...defaults(options, params, scale)],
    });
    return {
      header: { dataset, arrays, tables: tables.map(({ spec }) => spec) },
      frames: { [Symbol.asyncIterator]: frames },
    };

    async function* frames(): AsyncGenerator<Frame> {
      for (const { frame } of tables) yield frame;
      const window = () => new RecordingWindow(spikes, `arrays.${times.name}`);
      const source = { folder, files, ids: units.ids, counts: counted.counts, scale, startSeconds, window };
      for await (const frame of spikeFrames(source, times, amplitudes)) {
        signal?.throwIfAborted();
        yield frame;
      }
      if (templateArray) {
        yield* templateFrames(folder, files, templateArray, units.templates, probe.map?.length, options.unwhiten);
      }
      if (traces) yield* rawFrames(folder, traces, signal);
    }
  } finally {
    await templates?.close();
  }
}

function scaleOf({ timeUnit }: LoadOptions, params: Params, samplingRateHz: number | undefined): TimeScale {
  const unit = timeUnit ?? timeUnits.find((known) => known === params.timeUnit) ?? "samples";
  if (unit !== "samples") return { unit };
  if (samplingRateHz !== undefined && samplingRateHz > 0) return { unit, samplingRateHz };
  throw unfitFolder({
    reason: "SAMPLING_RATE_MISSING",
    message: "Times in samples need a sampling rate above zero, and the folder says none.",
    field: "options.samplingRateHz",
    got: "no sample_rate in params.py",
    remedy: "Give samplingRateHz; or timeUnit, if the times are no samples.",
  });
}

function secondsOf(value: number, scale: TimeScale): number {
  if (!Number.isFinite(value)) return 0;
  if (scale.unit === "samples") return value / scale.samplingRateHz;
  return scale.unit === "ms" ? value / 1e3 : value;
}

/** KiloSort places spikes a little behind the end of the traces. @param latest spike, from the start on */
function durationOf({ lengthMs }: LoadOptions, params: Params, raw: ArraySpec | undefined, latest: number): number {
  if (lengthMs !== undefined) return lengthMs / 1e3;
  if (params.durationSeconds !== undefined) return params.durationSeconds;
  const time = raw?.axes[0];
  const traced = (time?.size ?? 0) * (time?.scale ?? 0);
  return Math.max(0, traced, latest);
}

function unitArray(arrayId: number, name: string, units: number, unit: string): ArraySpec {
  return ArraySpec.fromPartial({
    arrayId,
    name,
    dataType: "float64",
    unit,
    ragged: true,
    axes: [Axis.fromPartial({ name: "unit", type: AxisType.AXIS_TYPE_ITEM, size: units })],
  });
}

function templatesArray({ dataType, samples, channels }: Templates, units: number): ArraySpec {
  const axis = (name: string, type: AxisType, size: number) => Axis.fromPartial({ name, type, size });
  return ArraySpec.fromPartial({
    arrayId: ids.templates,
    name: canonicalNames.templates,
    dataType,
    axes: [
      axis("unit", AxisType.AXIS_TYPE_ITEM, units),
      axis("sample", AxisType.AXIS_TYPE_TIME, samples),
      axis("channel", AxisType.AXIS_TYPE_CHANNEL, channels),
    ],
  });
}

function derived(detail: string): FieldOrigin {
  return { field: "spike_trains[0]", origin: Origin.ORIGIN_DERIVED, detail };
}

function defaults({ timeUnit }: LoadOptions, params: Params, { unit }: { unit: TimeUnit }): FieldOrigin[] {
  if (timeUnit !== undefined || params.timeUnit !== undefined) return [];
  return [
    {
      field: `arrays.${canonicalNames.times}.unit`,
      origin: Origin.ORIGIN_DEFAULTED,
      detail: `spike_times.npy in ${unit}`,
    },
  ];
}
