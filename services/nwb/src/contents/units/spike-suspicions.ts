import { warning } from "@sluice/core";
import type { Problem } from "@sluice/proto";

/** Spikes that nwbinspector looks at. */
const looked = 200;
const yearSeconds = 365.25 * 24 * 3600;

/** What of the spike times makes one doubt that they are seconds of the session; known only when they have come. */
export class SpikeSuspicions {
  readonly #field: string;
  #count = 0;
  #integers = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #negative = 0;

  constructor(field: string) {
    this.#field = field;
  }

  take(seconds: Float64Array): void {
    for (let index = 0; index < seconds.length; index++) {
      const time = seconds[index] as number;
      if (this.#count++ < looked && Number.isInteger(time)) this.#integers++;
      if (time < 0) this.#negative++;
      if (time < this.#first) this.#first = time;
      if (time > this.#last) this.#last = time;
    }
  }

  warnings(): Problem[] {
    const field = this.#field;
    const found: Problem[] = [];
    if (this.#count > 1 && this.#integers === Math.min(looked, this.#count)) {
      found.push(
        warning({
          reason: "SPIKE_TIMES_LOOK_LIKE_SAMPLES",
          message:
            "All spike times looked at are whole numbers: samples, and not seconds? (check_spike_times_not_in_samples)",
          field,
          remedy: "Divide by the sampling rate, if they are samples.",
        }),
      );
    }
    if (this.#last - this.#first > yearSeconds) {
      found.push(
        warning({
          reason: "SPIKE_TIMES_SPAN_YEARS",
          message: "Spikes lie more than a year apart: milliseconds, and not seconds? (check_units_table_duration)",
          field,
          got: `${this.#first} s to ${this.#last} s`,
          remedy: "Send seconds.",
        }),
      );
    }
    if (this.#negative > 0) {
      found.push(
        warning({
          reason: "SPIKES_BEFORE_SESSION",
          message: "Spikes lie before the start of the session (check_negative_spike_times).",
          field,
          got: `${this.#negative} spikes, the first at ${this.#first} s`,
          remedy: "Set the start of the session before them, and count times from there.",
        }),
      );
    }
    return found;
  }
}
