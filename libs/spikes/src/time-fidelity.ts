import { warning } from "@sluice/core";
import { type Loss, LossKind, type Problem } from "@sluice/proto";
import { keptSeconds, type TimeScale } from "./time-unit.ts";

/** What a writer does with times beside changing their unit. */
export interface TimeHandling {
  /** Time that the file counts from, in seconds; 0 by default. */
  readonly originSeconds?: number;
  /** True when the writer sorts the spikes of a unit; else they stand as they came. */
  readonly sorts?: boolean;
}

/** Keeps account of whether times come back as they were, and if not, why. */
export class TimeFidelity {
  readonly #field: string;
  readonly #scale: TimeScale;
  readonly #origin: number;
  readonly #sorts: boolean;
  #exact = true;
  #rounded = 0;
  #maxError = 0;
  #unsorted = 0;
  #isSorted = true;
  #before = Number.NEGATIVE_INFINITY;

  /** @param field of the times */
  constructor(field: string, scale: TimeScale, { originSeconds = 0, sorts = false }: TimeHandling = {}) {
    this.#field = field;
    this.#scale = scale;
    this.#origin = originSeconds;
    this.#sorts = sorts;
  }

  /** True when a reader finds every time as it was, in the same order. */
  get exact(): boolean {
    return this.#exact && this.ascends;
  }

  /** True when the spikes of every unit ascend. */
  get ascends(): boolean {
    return this.#unsorted === 0;
  }

  /** A unit begins. */
  beginUnit(): void {
    this.#before = Number.NEGATIVE_INFINITY;
    this.#isSorted = true;
  }

  /** Takes spikes of the unit that began last. */
  take(seconds: Float64Array): void {
    this.#followOrder(seconds);
    // Seconds that count from 0 stand in the file as they are.
    if (this.#scale.unit !== "s" || this.#origin !== 0) this.#compare(seconds);
  }

  losses(): Loss[] {
    return this.#rounded === 0 ? [] : [roundedTimes(this.#field, this.#rounded, this.#maxError)];
  }

  warnings(): Problem[] {
    if (this.#unsorted === 0) return [];
    return [
      warning({
        reason: "SPIKES_UNSORTED",
        message: `Spikes of some units do not ascend; ${this.#sorts ? "they were sorted" : "they stand as they came, and readers sort them"}.`,
        field: this.#field,
        got: `${this.#unsorted} units`,
        remedy: "Sort the spikes of each unit.",
      }),
    ];
  }

  #followOrder(seconds: Float64Array): void {
    let before = this.#before;
    let ascends = true;
    for (let index = 0; index < seconds.length; index++) {
      const time = seconds[index] as number;
      if (time < before) ascends = false;
      before = time;
    }
    this.#before = before;
    if (ascends || !this.#isSorted) return;
    this.#isSorted = false;
    this.#unsorted++;
  }

  #compare(seconds: Float64Array): void {
    const [origin, scale] = [this.#origin, this.#scale];
    for (let index = 0; index < seconds.length; index++) {
      const time = seconds[index] as number;
      const kept = origin + keptSeconds(time - origin, scale);
      if (!Object.is(kept, time)) this.#note(Math.abs(kept - time), time);
    }
  }

  /** The last place of a double is not worth a loss. */
  #note(error: number, time: number): void {
    this.#exact = false;
    if (error <= 4 * Number.EPSILON * Math.abs(time)) return;
    this.#rounded++;
    if (error > this.#maxError) this.#maxError = error;
  }
}

/** Times that stand at another place in the file. */
function roundedTimes(field: string, count: number, maxError: number): Loss {
  const message = "Spike times are rounded to the nearest sample.";
  return { kind: LossKind.LOSS_KIND_CAST, field, message, count, maxError };
}
