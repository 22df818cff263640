import { type DatasetHeader, problem } from "@sluice/core";
import { packingProblems } from "@sluice/hdf5";
import type { FieldOrigin, Loss, Problem } from "@sluice/proto";
import { leftOut, remedyWithoutSpikes, spikesOf } from "@sluice/spikes";
import { planSeries, type SeriesPlan } from "./contents/electrical-series/series-plan.ts";
import type { ElectrodesPlan } from "./contents/electrodes/electrodes-plan.ts";
import { type IntervalsPlan, planIntervals } from "./contents/intervals/intervals-plan.ts";
import { planUnits, type UnitsPlan } from "./contents/units/units-plan.ts";
import { inspect } from "./inspect/inspect.ts";
import type { NwbOptions } from "./options.ts";
import { planSession, type Session } from "./session/session.ts";

/** What a file is to hold. */
export interface NwbPlan {
  readonly session: Session;
  readonly units: UnitsPlan | undefined;
  readonly series: SeriesPlan | undefined;
  readonly electrodes: ElectrodesPlan | undefined;
  readonly intervals: readonly IntervalsPlan[];
}

/** A plan with all that is known of it before the first byte. */
export interface Planned {
  readonly plan: NwbPlan;
  readonly problems: readonly Problem[];
  readonly losses: readonly Loss[];
  readonly origins: readonly FieldOrigin[];
}

const channelNames: ReadonlySet<string> = new Set(["electrode", "channel", "ch"]);

/** Settles the content of a file. Pure but for the clock, which tells sessions of the future. */
export function planNwb(header: DatasetHeader, options: NwbOptions): Planned {
  const { session, problems: metadataProblems } = planSession(header, options);
  const problems = [...packingProblems(options), ...metadataProblems];
  const losses: Loss[] = [];
  const found = header.dataset.spikeTrains.length > 0 ? spikesOf(header) : undefined;
  problems.push(...(found?.problems ?? []));
  const spikes = found?.spikes;
  const series = spikes && planSeries(header, spikes, options, problems);
  // A recording that nobody sorted yet has no table of units.
  const unsorted = series !== undefined && spikes?.unitCount === 0;
  const units = spikes && !unsorted ? planUnits(header, spikes, options, problems, losses) : undefined;
  const intervals = planIntervals(header, problems, losses);
  if (!found && intervals.length === 0) problems.push(nothingToWrite(header));
  const namesChannels = spikes?.units?.columns.some(({ name }) => channelNames.has(name)) ?? false;
  const table = spikes?.electrodes;
  const electrodes =
    table || series || namesChannels
      ? { table, hasLocations: table?.columns.some(({ name }) => name === "location") ?? false }
      : undefined;
  const plan: NwbPlan = { session, units, series, electrodes, intervals };
  const isCompressed = options.compression !== "none";
  const preview = { session, units, series, electrodes, isCompressed, now: new Date() };
  problems.push(...inspect(preview, options.suggestions));
  losses.push(...omitted(header, plan, losses));
  return { plan, problems, losses, origins: [...header.dataset.origins, ...session.origins] };
}

/** Arrays and tables that no content takes, and that nothing else was said of. */
function omitted(header: DatasetHeader, plan: NwbPlan, known: readonly Loss[]): Loss[] {
  const { units, series, electrodes, intervals } = plan;
  const named = new Set(known.map(({ field }) => field));
  const clock = series && "array" in series.clock ? [series.clock.array.name] : [];
  const arrays = new Set([
    ...(header.dataset.spikeTrains[0] && !units ? [header.dataset.spikeTrains[0].timesArray] : []),
    ...(units ? [units.spikes.times.name, ...units.waveforms.map(({ array }) => array.name)] : []),
    ...(units?.measures.map(({ name }) => name) ?? []),
    ...(units?.amplitudes ? [units.amplitudes.name] : []),
    ...(series ? [series.array.name, ...clock] : []),
    ...header.arrays.map(({ name }) => name).filter((name) => named.has(`arrays.${name}`)),
  ]);
  const tables = new Set([
    ...(units?.spikes.units ? [units.spikes.units.name] : []),
    ...(electrodes?.table ? [electrodes.table.name] : []),
    ...intervals.map(({ table }) => table.name),
    ...header.tables.map(({ name }) => name).filter((name) => named.has(`tables.${name}`)),
  ]);
  return leftOut(header, { arrays, tables }, (kind) => `NWB files of this version have no place for these ${kind}.`);
}

function nothingToWrite(header: DatasetHeader): Problem {
  return problem({
    reason: "CONTENT_MISSING",
    message: "The dataset holds nothing that is written to NWB: no spikes, no trials, no epochs.",
    field: "dataset",
    got: JSON.stringify(header.dataset.name),
    allowed: ["spike_trains", "responses with trials_table or epochs_table"],
    remedy: remedyWithoutSpikes(header),
  });
}
