import type { GroupWriter } from "@sluice/hdf5";
import { int64Bytes, type SpikeRun } from "@sluice/spikes";
import type { SpikePlan } from "./plan.ts";
import type { StyleWriter } from "./style-writer.ts";
import { TimeList } from "./time-list.ts";

/**
 * All times end to end, and where each unit ends. SpikeLab's loader takes a leading zero for no unit, so where the first
 * unit is empty and another is not, a zero goes ahead of the ends: without it the first unit is lost. Memory: 8 bytes a
 * unit.
 */
export class RaggedStyle implements StyleWriter {
  readonly #root: GroupWriter;
  readonly #plan: SpikePlan;
  readonly #times: TimeList;
  /** Spikes before each unit, then of all. */
  readonly #starts: number[] = [];

  constructor(root: GroupWriter, plan: SpikePlan) {
    this.#root = root;
    this.#plan = plan;
    this.#times = new TimeList(root, plan.names.spikeTimesDataset, plan.scale, plan.storage);
  }

  async add(runs: readonly SpikeRun[], seconds: Float64Array): Promise<void> {
    let start = this.#times.length;
    for (const run of runs) {
      if (run.begins) this.#starts.push(start);
      start += run.seconds.length;
    }
    await this.#times.append(seconds);
  }

  async end(): Promise<void> {
    await this.#times.end();
    const ends = [...this.#starts.slice(1), ...(this.#starts.length > 0 ? [this.#times.length] : [])];
    const leadingZero = ends[0] === 0 && this.#times.length > 0;
    const values = Float64Array.from(leadingZero ? [0, ...ends] : ends);
    const path = this.#plan.names.spikeTimesIndexDataset;
    const index = await this.#root.writeDataset(path, int64Bytes(values), { type: "int64", shape: [values.length] });
    index.attributes.set("convention", leadingZero ? "leading_zero" : "cumulative_end");
    index.attributes.set("unit_count", ends.length, "int64");
  }
}
