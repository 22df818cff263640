import type { GroupWriter } from "@sluice/hdf5";
import type { SpikeRun } from "@sluice/spikes";
import { SeriesWriter } from "../generic/series-writer.ts";
import type { SpikePlan } from "./plan.ts";
import type { StyleWriter } from "./style-writer.ts";
import { TimeList } from "./time-list.ts";

/** The unit and the time of each spike, one unit after another. */
export class PairedStyle implements StyleWriter {
  readonly #units: SeriesWriter;
  readonly #times: TimeList;
  #count = 0;

  constructor(root: GroupWriter, { names, scale, storage }: SpikePlan) {
    this.#units = new SeriesWriter(root, names.idcesDataset, "int64", storage.filters, storage.holds);
    this.#times = new TimeList(root, names.timesDataset, scale, storage);
  }

  async add(runs: readonly SpikeRun[], seconds: Float64Array): Promise<void> {
    this.#count = (runs.at(-1)?.unit ?? -1) + 1;
    await this.#units.append(unitsOf(runs, seconds.length));
    await this.#times.append(seconds);
  }

  async end(): Promise<void> {
    const units = await this.#units.end();
    units.attributes.set("unit_count", this.#count, "int64");
    await this.#times.end();
  }
}

/** The unit of each spike, as int64. */
function unitsOf(runs: readonly SpikeRun[], spikes: number): Uint8Array {
  const words = new Uint32Array(2 * spikes);
  let at = 0;
  for (const { unit, seconds } of runs) {
    for (const end = at + 2 * seconds.length; at < end; at += 2) words[at] = unit;
  }
  return new Uint8Array(words.buffer);
}
