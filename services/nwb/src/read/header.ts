import type { DatasetHeader } from "@sluice/core";
import type { Hdf5File } from "@sluice/hdf5";
import { DatasetSpec, Responses, SpikeTrains } from "@sluice/proto";
import type { FoundContents } from "./contents.ts";
import type { LoadOptions } from "./load-options.ts";
import { listsOf } from "./units.ts";

/** The header of the stream that a file becomes. */
export async function headerOf(
  file: Hdf5File,
  found: FoundContents,
  options: LoadOptions,
  stem: string,
): Promise<DatasetHeader> {
  const { session, record, units, series, tables, notes } = found;
  const spikes = SpikeTrains.fromPartial({
    timesArray: found.times.name,
    ...(await windowOf(file, found, options)),
    samplingRateHz: rateOf(found),
    unitsTable: tables.units?.spec.name ?? "",
    electrodesTable: tables.electrodes?.spec.name ?? "",
    templatesArray: found.templates?.name ?? "",
    amplitudesArray: found.amplitudes?.name ?? "",
    rawArray: series?.array.name ?? "",
  });
  const { trials, epochs } = tables;
  const responses = Responses.fromPartial({
    trialsTable: trials?.spec.name ?? "",
    epochsTable: epochs?.spec.name ?? "",
  });
  const dataset = DatasetSpec.fromPartial({
    name: record?.dataset.name || stem,
    spikeTrains: units || series ? [spikes] : [],
    responses: trials || epochs ? [responses] : [],
    records: record?.dataset.records,
    metadata: { ...record?.dataset.metadata, ...session.metadata },
    provenance: record?.dataset.provenance,
    sessionStartTime: session.startTime,
    origins: notes.origins,
  });
  const arrays = [
    ...(units || series ? [found.times] : []),
    ...[found.amplitudes, found.templates, series?.array, series?.times].filter((array) => array !== undefined),
  ];
  return { dataset, arrays, tables: Object.values(tables).map(({ spec }) => spec) };
}

/** Of the spike times, where a rate was said that is theirs up to rounding; of the raw traces. */
function rateOf({ record, units, series }: FoundContents): number | undefined {
  const said = record?.dataset.spikeTrains[0]?.samplingRateHz;
  const rate = units?.resolution === undefined ? series?.rateHz : 1 / units.resolution;
  if (rate === undefined) return said;
  if (said !== undefined && Math.abs(said - rate) <= 1e-9 * rate) return said;
  const whole = Math.round(rate);
  return Math.abs(whole - rate) <= 1e-9 * rate ? whole : rate;
}

/**
 * Start and duration: of the options; of the attributes that SpikeLab writes; of the intervals of observation; up to the
 * last spike.
 */
async function windowOf(
  file: Hdf5File,
  { root, record, units, series }: FoundContents,
  { startTimeMs, lengthMs }: LoadOptions,
): Promise<{ startTimeSeconds: number; durationSeconds: number | undefined }> {
  const said = record?.dataset.spikeTrains[0];
  const start =
    startTimeMs === undefined
      ? (exactSeconds(root.get("start_time"), said?.startTimeSeconds) ?? units?.observed?.start)
      : startTimeMs / 1e3;
  const length = lengthMs === undefined ? exactSeconds(root.get("length_ms"), said?.durationSeconds) : lengthMs / 1e3;
  if (start !== undefined && length !== undefined) return { startTimeSeconds: start, durationSeconds: length };
  let [first, last] = [0, Number.NEGATIVE_INFINITY];
  if (units) {
    for await (const seconds of listsOf(file, units.times)) {
      for (const time of seconds) {
        if (time < first) first = time;
        if (time > last) last = time;
      }
    }
  }
  const startTimeSeconds = start ?? first;
  const traces = series?.rateHz === undefined ? 0 : series.samples / series.rateHz;
  const end = Math.max(startTimeSeconds, units?.observed?.end ?? Math.max(last, startTimeSeconds + traces));
  return { startTimeSeconds, durationSeconds: length ?? Math.max(end, last) - startTimeSeconds };
}

/** Seconds as they were before they became milliseconds, where the file says both and they agree. */
function exactSeconds(ms: unknown, seconds: number | undefined): number | undefined {
  if (typeof ms !== "number") return undefined;
  const agree = seconds !== undefined && Math.abs(seconds * 1e3 - ms) <= 1e-12 * Math.abs(ms);
  return agree ? seconds : ms / 1e3;
}
