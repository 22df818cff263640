import type { Problem } from "@sluice/proto";
import { SpikeInspection, type SpikeRun, type Spikes } from "@sluice/spikes";
import { SpikeSuspicions } from "./spike-suspicions.ts";

/** What is known of all spikes once they were seen. Times stand as they come. */
export class SpikeValues extends SpikeInspection {
  readonly #suspicions: SpikeSuspicions;

  constructor(spikes: Spikes) {
    super(spikes, { unit: "s" });
    this.#suspicions = new SpikeSuspicions(`arrays.${spikes.times.name}`);
  }

  override spikes(run: SpikeRun): void {
    super.spikes(run);
    this.#suspicions.take(run.seconds);
  }

  override warnings(): Problem[] {
    return [...super.warnings(), ...this.#suspicions.warnings()];
  }
}
