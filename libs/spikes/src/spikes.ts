import { arrayNamed, type DatasetHeader, problem } from "@sluice/core";
import type { ArraySpec, Problem, SpikeTrains, TableSpec } from "@sluice/proto";

/** Which arrays and tables of a dataset play which role in its first recording of spikes. */
export interface Spikes {
  readonly trains: SpikeTrains;
  /** Ragged: one row for each unit, float32 or float64, seconds. */
  readonly times: ArraySpec;
  /** Units, when the header knows. */
  readonly unitCount: number | undefined;
  /** One row for each unit. */
  readonly units: TableSpec | undefined;
  readonly electrodes: TableSpec | undefined;
  /** Ragged, as long as the times. */
  readonly amplitudes: ArraySpec | undefined;
  /** [unit, sample, channel]. */
  readonly templates: ArraySpec | undefined;
  /** [sample, channel]. */
  readonly raw: ArraySpec | undefined;
}

/** The recording, and what stands against exporting it. */
export interface FoundSpikes {
  /** Undefined when there is no recording, or its times are no numbers of seconds. */
  readonly spikes: Spikes | undefined;
  readonly problems: Problem[];
}

/**
 * Finds the first recording of spikes.
 *
 * Problems: SPIKES_MISSING, SPIKE_TIMES_INVALID, UNITS_TABLE_MISMATCH.
 *
 * @param header one that `checkHeader` has passed
 */
export function spikesOf(header: DatasetHeader): FoundSpikes {
  const [trains] = header.dataset.spikeTrains;
  if (!trains) return { spikes: undefined, problems: [spikesMissing(header)] };
  const array = (name: string) => (name === "" ? undefined : arrayNamed(header, name));
  const table = (name: string) => header.tables.find((candidate) => candidate.name === name);
  const times = arrayNamed(header, trains.timesArray);
  const unitCount = times.axes[0]?.size;
  const units = table(trains.unitsTable);
  const problems: Problem[] = [];
  const isNumber = times.dataType === "float64" || times.dataType === "float32";
  if (!isNumber) problems.push(timesInvalid(times));
  if (units?.rows !== undefined && unitCount !== undefined && units.rows !== unitCount) {
    problems.push(unitsMismatch(units.name, units.rows, unitCount));
  }
  const spikes: Spikes = {
    trains,
    times,
    unitCount,
    units,
    electrodes: table(trains.electrodesTable),
    amplitudes: array(trains.amplitudesArray),
    templates: array(trains.templatesArray),
    raw: array(trains.rawArray),
  };
  return { spikes: isNumber ? spikes : undefined, problems };
}

function spikesMissing(header: DatasetHeader): Problem {
  return problem({
    reason: "SPIKES_MISSING",
    message: "The dataset holds no spike trains.",
    field: "dataset.spike_trains",
    got: JSON.stringify(header.dataset.name),
    remedy: remedyWithoutSpikes(header),
  });
}

/** What to do with a dataset that has no spikes: to find them, where it holds what may be raw traces. */
export function remedyWithoutSpikes({ dataset, arrays }: DatasetHeader): string {
  const [traces, ...others] = dataset.imageStacks.length > 0 ? [] : arrays.filter(mayBeTraces);
  if (!traces) return "Choose a format for this content.";
  const choice = others.length === 0 ? "" : `:array=${traces.name}`;
  return (
    "Find spikes in the raw traces by a step of the analysis, --step spikes.threshold" +
    `${choice} (\`sluice steps\` lists its parameters), or choose a format for this content.`
  );
}

/** Numbers of two axes; which of them is time, spikes.threshold asks for. */
function mayBeTraces({ axes, ragged, dataType }: ArraySpec): boolean {
  return axes.length === 2 && !ragged && /^(u?int|float)/.test(dataType);
}

function timesInvalid({ name, dataType }: ArraySpec): Problem {
  return problem({
    reason: "SPIKE_TIMES_INVALID",
    message: "Spike times are numbers of seconds.",
    field: `arrays.${name}.data_type`,
    got: dataType,
    allowed: ["float64", "float32"],
  });
}

function unitsMismatch(table: string, rows: number, unitCount: number): Problem {
  return problem({
    reason: "UNITS_TABLE_MISMATCH",
    message: "The table of units must have one row for each unit.",
    field: `tables.${table}.rows`,
    got: `${rows} rows`,
    allowed: [`${unitCount}, as many as there are rows of spike times`],
    remedy: "Correct the table, or send units without spikes as rows of no length.",
  });
}
