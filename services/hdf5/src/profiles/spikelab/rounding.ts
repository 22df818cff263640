import type { Loss } from "@sluice/proto";
import { roundedTimes } from "./losses.ts";
import { keptSeconds, type TimeScale } from "./time-unit.ts";

/** Keeps account of what the unit samples does to times. */
export class Rounding {
  readonly #scale: TimeScale;
  #count = 0;
  #maxError = 0;

  constructor(scale: TimeScale) {
    this.#scale = scale;
  }

  take(seconds: Float64Array): void {
    if (this.#scale.unit !== "samples") return;
    for (const time of seconds) {
      const error = Math.abs(keptSeconds(time, this.#scale) - time);
      if (error <= 4 * Number.EPSILON * Math.abs(time)) continue;
      this.#count++;
      if (error > this.#maxError) this.#maxError = error;
    }
  }

  losses(field: string): Loss[] {
    return this.#count === 0 ? [] : [roundedTimes(field, this.#count, this.#maxError)];
  }
}
