import type { GroupWriter } from "@sluice/hdf5";
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

  async beginUnit(): Promise<void> {
    await this.#unit?.end();
    this.#unit = new TimeList(this.#units, String(this.#count++), this.#plan.scale, this.#plan.storage);
  }

  async add(seconds: Float64Array): Promise<void> {
    await this.#unit?.append(seconds);
  }

  async end(): Promise<void> {
    await this.#unit?.end();
    this.#units.attributes.set("unit_count", this.#count, "int64");
  }
}
