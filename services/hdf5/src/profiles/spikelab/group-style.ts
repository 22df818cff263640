import type { GroupWriter } from "@sluice/hdf5";
import type { SpikeRun } from "@sluice/spikes";
import type { SpikePlan } from "./plan.ts";
import type { StyleWriter } from "./style-writer.ts";
import { TimeList } from "./time-list.ts";

/** One dataset of times for each unit, named by its number; a unit without a spike has one without an element. */
export class GroupStyle implements StyleWriter {
  readonly #units: GroupWriter;
  readonly #plan: SpikePlan;
  #count = 0;
  #unit: TimeList | undefined;

  constructor(root: GroupWriter, plan: SpikePlan) {
    this.#units = root.createGroup(plan.names.groupPerUnit);
    this.#plan = plan;
  }

  async add(runs: readonly SpikeRun[]): Promise<void> {
    for (const { begins, seconds } of runs) {
      if (begins) await this.#beginUnit();
      await this.#unit?.append(seconds);
    }
  }

  async end(): Promise<void> {
    await this.#unit?.end();
    this.#units.attributes.set("unit_count", this.#count, "int64");
  }

  async #beginUnit(): Promise<void> {
    await this.#unit?.end();
    this.#unit = new TimeList(this.#units, String(this.#count++), this.#plan.scale, this.#plan.storage);
  }
}
