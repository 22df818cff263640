import type { GroupWriter } from "@sluice/hdf5";
import { int64Bytes } from "@sluice/spikes";
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

  async beginUnit(): Promise<void> {
    this.#count++;
  }

  async add(seconds: Float64Array): Promise<void> {
    await this.#units.append(int64Bytes(new Float64Array(seconds.length).fill(this.#count - 1)));
    await this.#times.append(seconds);
  }

  async end(): Promise<void> {
    const units = await this.#units.end();
    units.attributes.set("unit_count", this.#count, "int64");
    await this.#times.end();
  }
}
