import type { SpikeLists } from "./spike-lists.ts";

/** Spikes of one unit, in the order of the files. */
export interface UnitSpikes {
  readonly times: Float64Array;
  readonly amplitudes: Float64Array | undefined;
}

const spikesPerRead = 2 ** 17;
/** Spikes of several units that are gathered in one pass over the files. */
export const spikesPerPass = 2 ** 22;
/** Ids up to here are looked up in a list, greater ones in a map. */
const greatestListed = 2 ** 20;

/**
 * The spikes of the units in turn, out of lists in order of time: as many units at a time as have 2^22 spikes together, in
 * one pass over the files. Memory: 34 MiB (68 with amplitudes), or the spikes of the largest unit.
 *
 * @param ids cluster ids of the units
 * @param counts spikes of each cluster
 */
export async function* unitSpikes(
  lists: SpikeLists,
  ids: readonly number[],
  counts: ReadonlyMap<number, number>,
  most = spikesPerPass,
): AsyncGenerator<UnitSpikes> {
  for (let first = 0; first < ids.length; ) {
    let spikes = counts.get(ids[first] as number) ?? 0;
    let end = first + 1;
    for (; end < ids.length; end++) {
      const more = counts.get(ids[end] as number) ?? 0;
      if (spikes + more > most) break;
      spikes += more;
    }
    yield* passOver(lists, ids.slice(first, end), counts);
    first = end;
  }
}

async function* passOver(
  lists: SpikeLists,
  ids: readonly number[],
  counts: ReadonlyMap<number, number>,
): AsyncGenerator<UnitSpikes> {
  const units = ids.map((id) => emptySpikes(counts.get(id) ?? 0, lists.amplitudes !== undefined));
  const filled = new Uint32Array(units.length);
  const unitOf = lookup(ids);
  const wanted = units.reduce((sum, { times }) => sum + times.length, 0);
  let found = 0;
  for (let start = 0; start < lists.count && found < wanted; start += spikesPerRead) {
    const count = Math.min(spikesPerRead, lists.count - start);
    const clusters = await lists.clusters.readNumbers(start, count);
    const times = await lists.times.readNumbers(start, count);
    const amplitudes = await lists.amplitudes?.readNumbers(start, count);
    for (let index = 0; index < count; index++) {
      const unit = unitOf(clusters[index] as number);
      if (unit === -1) continue;
      const spikes = units[unit] as UnitSpikes;
      const at = filled[unit] as number;
      spikes.times[at] = times[index] as number;
      if (amplitudes && spikes.amplitudes) spikes.amplitudes[at] = amplitudes[index] as number;
      filled[unit] = at + 1;
      found++;
    }
  }
  yield* units;
}

function emptySpikes(count: number, withAmplitudes: boolean): UnitSpikes {
  return {
    times: new Float64Array(count),
    amplitudes: withAmplitudes ? new Float64Array(count) : undefined,
  };
}

function lookup(ids: readonly number[]): (id: number) => number {
  const greatest = ids.reduce((most, id) => Math.max(most, id), 0);
  if (greatest > greatestListed || ids.some((id) => id < 0)) {
    const units = new Map(ids.map((id, unit) => [id, unit]));
    return (id) => units.get(id) ?? -1;
  }
  const units = new Int32Array(greatest + 1).fill(-1);
  for (const [unit, id] of ids.entries()) units[id] = unit;
  return (id) => units[id] ?? -1;
}
