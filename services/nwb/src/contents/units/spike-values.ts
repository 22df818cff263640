import type { Problem } from "@sluice/proto";
import { RecordingWindow, type SpikeRun, type Spikes, TimeFidelity } from "@sluice/spikes";
import { SpikeSuspicions } from "./spike-suspicions.ts";

/** What is known of all spikes once they were seen. */
export class SpikeValues {
  readonly window: RecordingWindow;
  readonly fidelity: TimeFidelity;
  readonly #suspicions: SpikeSuspicions;

  constructor({ trains, times }: Spikes) {
    const field = `arrays.${times.name}`;
    this.window = new RecordingWindow(trains, field);
    // Times stand as they come.
    this.fidelity = new TimeFidelity(field, { unit: "s" });
    this.#suspicions = new SpikeSuspicions(field);
  }

  /** @throws SluiceError SPIKE_TIME_INVALID, SPIKE_OUTSIDE_RECORDING */
  take({ unit, begins, seconds }: SpikeRun): void {
    if (begins) this.fidelity.beginUnit();
    this.window.take(seconds, unit);
    this.fidelity.take(seconds);
    this.#suspicions.take(seconds);
  }

  warnings(): Problem[] {
    return [...this.fidelity.warnings(), ...this.#suspicions.warnings()];
  }
}
