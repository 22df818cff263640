import { warning } from "@sluice/core";
import { type Loss, LossKind, type Problem } from "@sluice/proto";
import { sampleNear, type TimeScale } from "./time-unit.ts";

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

  /** True when the file holds every time as it was, in the same order. */
  get exact(): boolean {
    return this.#exact && (this.ascends || !this.#sorts);
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
    this.follow(seconds);
    // Seconds that count from 0 stand in the file as they are.
    if (this.#scale.unit !== "s" || this.#origin !== 0) this.convert(seconds);
  }

  /** Takes the order alone of spikes of the unit that began last; `convert` takes their times. */
  follow(seconds: Float64Array): void {
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

  /** Times as the file has them, in its unit and from its origin on, of spikes whose order is taken apart from this. */
  convert(seconds: Float64Array): Float64Array {
    return this.#scale.unit === "samples"
      ? this.#samples(seconds, this.#scale.samplingRateHz)
      : this.#scaled(seconds, this.#scale.unit === "ms" ? 1e3 : 1);
  }

  losses(): Loss[] {
    return this.#rounded === 0 ? [] : [roundedTimes(this.#field, this.#rounded, this.#maxError)];
  }

  warnings(): Problem[] {
    if (this.#unsorted === 0) return [];
    return [
      warning({
        reason: "SPIKES_UNSORTED",
        message: `Spikes of some units do not ascend; ${this.#sorts ? "they were sorted" : "they stand as they came, and some readers sort them"}.`,
        field: this.#field,
        got: `${this.#unsorted} units`,
        remedy: "Sort the spikes of each unit.",
      }),
    ];
  }

  #samples(seconds: Float64Array, samplingRateHz: number): Float64Array {
    const [origin, perMs] = [this.#origin, samplingRateHz / 1e3];
    const samples = new Float64Array(seconds.length);
    for (let index = 0; index < samples.length; index++) {
      const time = seconds[index] as number;
      const sample = sampleNear(time - origin, perMs);
      const kept = sample / samplingRateHz + origin;
      if (!Object.is(kept, time)) this.#note(Math.abs(kept - time), time);
      samples[index] = sample;
    }
    return samples;
  }

  #scaled(seconds: Float64Array, perSecond: number): Float64Array {
    const origin = this.#origin;
    const values = new Float64Array(seconds.length);
    for (let index = 0; index < values.length; index++) {
      const time = seconds[index] as number;
      const value = (time - origin) * perSecond;
      const kept = value / perSecond + origin;
      if (!Object.is(kept, time)) this.#note(Math.abs(kept - time), time);
      values[index] = value;
    }
    return values;
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
