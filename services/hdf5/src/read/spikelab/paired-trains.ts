import type { Hdf5Dataset, Hdf5File } from "@sluice/hdf5";
import { type TimeScale, toSeconds } from "@sluice/spikes";
import type { LoadOptions } from "../../load-options.ts";
import type { Content } from "./content.ts";
import { listLength, readNumbers, span } from "./numbers.ts";
import { scaleOf } from "./scale.ts";
import { spikeHints } from "./spike-hints.ts";
import { unfitFile } from "./spikelab-error.ts";
import type { Trains } from "./trains.ts";

/** Elements that are read at once. */
const perRead = 2 ** 17;
/** A unit without a spike costs no more than this much of a file that may be damaged. */
const mostUnits = 2 ** 24;

/** Spikes of each unit, and whether they stand one unit after another. */
interface Census {
  readonly counts: Float64Array;
  readonly unitMajor: boolean;
}

/**
 * The unit and the time of each spike. Memory: the spikes of one unit where they stand one unit after another, as both
 * exporters write them; 8 bytes a spike otherwise.
 */
export async function pairedTrains(file: Hdf5File, content: Content, options: LoadOptions): Promise<Trains> {
  const units = await file.dataset(content.names.idcesDataset);
  const times = await file.dataset(content.names.timesDataset);
  const [length, timesLength] = [listLength(units), listLength(times)];
  if (length !== timesLength) {
    throw unfitFile({
      reason: "SPIKELAB_LENGTHS_DIFFER",
      message: "The units and the times of spikes must have equal length.",
      field: units.path,
      got: `${length} units, ${timesLength} times`,
    });
  }
  const scale = await scaleOf(times, spikeHints(content, options));
  const recorded = (await units.attributes()).get("unit_count");
  const wanted = options.unitCount ?? (recorded === undefined ? undefined : Number(recorded));
  if (wanted !== undefined && !(wanted >= 0 && wanted <= mostUnits)) throw invalidCount(units, wanted);
  const census = await countSpikes(units, length, wanted);
  return {
    unitCount: census.counts.length,
    notes: wanted === undefined ? sparse(census.counts) : [],
    samplingRateHz: scale.unit === "samples" ? scale.samplingRateHz : undefined,
    trains: () => (census.unitMajor ? inTurn(times, census, scale) : gathered(units, times, length, census, scale)),
  };
}

async function* inTurn(times: Hdf5Dataset, { counts }: Census, scale: TimeScale): AsyncGenerator<Float64Array[]> {
  let start = 0;
  for (const count of counts) {
    yield [count === 0 ? new Float64Array(0) : toSeconds(await readNumbers(times, span(start, start + count)), scale)];
    start += count;
  }
}

async function* gathered(
  units: Hdf5Dataset,
  times: Hdf5Dataset,
  length: number,
  { counts }: Census,
  scale: TimeScale,
): AsyncGenerator<Float64Array[]> {
  const next = new Float64Array(counts.length);
  for (let unit = 1; unit < counts.length; unit++)
    next[unit] = (next[unit - 1] as number) + (counts[unit - 1] as number);
  const all = new Float64Array(length);
  for (let start = 0; start < length; start += perRead) {
    const box = span(start, Math.min(length, start + perRead));
    const [ids, values] = [await readNumbers(units, box), toSeconds(await readNumbers(times, box), scale)];
    for (const [position, unit] of ids.entries()) {
      const at = next[unit] as number;
      all[at] = values[position] as number;
      next[unit] = at + 1;
    }
  }
  let start = 0;
  for (const count of counts) {
    yield [all.subarray(start, start + count)];
    start += count;
  }
}

async function countSpikes(units: Hdf5Dataset, length: number, wanted: number | undefined): Promise<Census> {
  let counts = new Float64Array(Math.max(wanted ?? 0, 16));
  let [most, before, unitMajor] = [-1, 0, true];
  for (let start = 0; start < length; start += perRead) {
    for (const unit of await readNumbers(units, span(start, Math.min(length, start + perRead)))) {
      if (!Number.isInteger(unit) || unit < 0 || unit >= (wanted ?? mostUnits)) throw invalidUnit(units, unit, wanted);
      if (unit < before) unitMajor = false;
      before = unit;
      if (unit >= counts.length) {
        const larger = new Float64Array(Math.max(unit + 1, 2 * counts.length));
        larger.set(counts);
        counts = larger;
      }
      counts[unit] = (counts[unit] as number) + 1;
      if (unit > most) most = unit;
    }
  }
  return { counts: counts.subarray(0, wanted ?? most + 1), unitMajor };
}

/** Says which units were made up, as SpikeLab's loader does. */
function sparse(counts: Float64Array): string[] {
  const empty = counts.reduce((sum, count) => sum + (count === 0 ? 1 : 0), 0);
  if (empty === 0) return [];
  const named: number[] = [];
  for (let unit = 0; named.length < 5 && unit < counts.length; unit++) if (counts[unit] === 0) named.push(unit);
  const more = empty > named.length ? ", ..." : "";
  return [`${counts.length} units by the greatest index; ${empty} of them have no spike (${named.join(", ")}${more})`];
}

function invalidUnit(units: Hdf5Dataset, unit: number, wanted: number | undefined): Error {
  const negative = unit < 0 ? "Unit indices must not be negative." : "Unit indices must be integers within range.";
  return unfitFile({
    reason: "SPIKELAB_UNIT_INVALID",
    message: negative,
    field: units.path,
    got: String(unit),
    allowed: [`0 to ${(wanted ?? mostUnits) - 1}`],
    remedy: "Correct the file, or the number of units.",
  });
}

function invalidCount(units: Hdf5Dataset, count: number): Error {
  return unfitFile({
    reason: "SPIKELAB_UNIT_INVALID",
    message: "The number of units is none.",
    field: `${units.path}@unit_count`,
    got: String(count),
    allowed: [`0 to ${mostUnits}`],
    remedy: "Give unitCount.",
  });
}
