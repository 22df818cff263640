import type { ArraySpec, Problem } from "@sluice/proto";
import type { Onlooker } from "./first-look.ts";
import { RecordingWindow } from "./recording-window.ts";
import type { SpikeRun } from "./spike-runs.ts";
import type { Spikes } from "./spikes.ts";
import { TimeFidelity, type TimeHandling } from "./time-fidelity.ts";
import type { TimeScale } from "./time-unit.ts";

/** Looks at every spike: finite, inside the recording, ascending. What a unit of the file makes of them, the writer converts. */
export class SpikeInspection implements Onlooker {
  readonly times: ArraySpec;
  readonly tables = [];
  readonly window: RecordingWindow;
  readonly fidelity: TimeFidelity;

  constructor({ trains, times }: Spikes, scale: TimeScale, handling?: TimeHandling) {
    const field = `arrays.${times.name}`;
    this.times = times;
    this.window = new RecordingWindow(trains, field);
    this.fidelity = new TimeFidelity(field, scale, handling);
  }

  /** @throws SluiceError SPIKE_TIME_INVALID, SPIKE_OUTSIDE_RECORDING */
  spikes({ unit, begins, seconds }: SpikeRun): void {
    if (begins) this.fidelity.beginUnit();
    this.window.take(seconds, unit);
    this.fidelity.follow(seconds);
  }

  rows(): void {}

  warnings(): Problem[] {
    return this.fidelity.warnings();
  }
}
