import type { Hdf5Dataset, Hdf5File } from "@sluice/hdf5";
import { type TimeScale, toSeconds } from "@sluice/spikes";
import type { LoadOptions } from "../../load-options.ts";
import type { Content } from "./content.ts";
import { isInteger, listLength, readNumbers, span } from "./numbers.ts";
import { scaleOf } from "./scale.ts";
import { spikeHints } from "./spike-hints.ts";
import { unfitFile } from "./spikelab-error.ts";
import type { Trains } from "./trains.ts";

/** Times that are read at once, of several units where they are short. */
const timesPerRead = 2 ** 17;

/** All times end to end, and where the units end. Memory: 8 bytes a unit, and the spikes of one. */
export async function raggedTrains(file: Hdf5File, content: Content, options: LoadOptions): Promise<Trains> {
  const times = await file.dataset(content.names.spikeTimesDataset);
  const index = await file.dataset(content.names.spikeTimesIndexDataset);
  const scale = await scaleOf(times, spikeHints(content, options));
  const values = await checkedIndex(index, listLength(times));
  const recorded = (await index.attributes()).get("unit_count");
  const units = options.unitCount ?? (typeof recorded === "bigint" ? Number(recorded) : recorded);
  const leading = hasLeadingZero(values, typeof units === "number" ? units : undefined, content.seed, index.path);
  const ends = units === 0 ? values.slice(0, 0) : leading ? values.slice(1) : values;
  return {
    unitCount: ends.length,
    notes: [`${ends.length} units: the index has ${leading ? "a leading zero" : "the end of each unit"}`],
    samplingRateHz: scale.unit === "samples" ? scale.samplingRateHz : undefined,
    trains: () => readTrains(times, ends, scale),
  };
}

async function* readTrains(times: Hdf5Dataset, ends: Float64Array, scale: TimeScale): AsyncGenerator<Float64Array[]> {
  let start = 0;
  for (let unit = 0; unit < ends.length; ) {
    let next = unit + 1;
    while (next < ends.length && (ends[next] as number) - start <= timesPerRead) next++;
    const read = toSeconds(await readNumbers(times, span(start, ends[next - 1] as number)), scale);
    const trains: Float64Array[] = [];
    for (let from = start; unit < next; unit++) {
      const end = ends[unit] as number;
      trains.push(read.subarray(from - start, end - start));
      from = end;
    }
    yield trains;
    start = ends[next - 1] as number;
  }
}

/**
 * True when the first element stands for no unit. The number of units decides where it is known. SpikeLab's exporter
 * always writes ends, so in its files a zero is an empty first unit, although its own loader does not take it for one.
 * Elsewhere its loader's rule holds: a zero before anything greater is a leading one.
 */
function hasLeadingZero(index: Float64Array, units: number | undefined, seed: boolean, field: string): boolean {
  if (units !== undefined) {
    if (index.length === units || units === 0) return false;
    if (index.length === units + 1 && index[0] === 0) return true;
    throw unfitFile({
      reason: "SPIKELAB_INDEX_INVALID",
      message: "The index does not have the length that the number of units asks for.",
      field,
      got: `${index.length} elements for ${units} units`,
      allowed: [`${units} ends`, `a zero and ${units} ends`],
    });
  }
  return !seed && index.length >= 2 && index[0] === 0 && (index.at(-1) as number) > 0;
}

async function checkedIndex(index: Hdf5Dataset, times: number): Promise<Float64Array> {
  const length = listLength(index);
  if (length > 0 && !isInteger(index)) throw invalid(index, "It must be an integer array.", index.dataType ?? "");
  const values = await readNumbers(index);
  let before = 0;
  for (const [position, value] of values.entries()) {
    if (value < 0) throw invalid(index, "Its elements must be non-negative.", `${value} at ${position}`);
    if (value < before) {
      throw invalid(index, "It must be monotonically non-decreasing.", `${value} after ${before} at ${position}`);
    }
    before = value;
  }
  if (before > times) throw invalid(index, "Its last element exceeds the flat array length.", `${before} for ${times}`);
  return values;
}

function invalid(index: Hdf5Dataset, message: string, got: string): Error {
  return unfitFile({
    reason: "SPIKELAB_INDEX_INVALID",
    message: `The index of the spike times is none. ${message}`,
    field: index.path,
    got,
    remedy: "Correct the file: the index holds the end of each unit in the times.",
  });
}
