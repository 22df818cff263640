import { NumberList } from "./number-list.ts";

/** Which side of the baseline is searched. */
export const directions = ["both", "up", "down"] as const;
export type Direction = (typeof directions)[number];

/** What was found on one channel: samples and the values there, in ascending order of samples. */
export interface Detected {
  readonly samples: Float64Array;
  readonly amplitudes: Float64Array;
}

/** Finds events on one channel while its values come. */
export interface Detector {
  push(values: Float32Array | Float64Array): void;
  finish(): Detected;
}

/** Values that a direction counts as spikes: above `high`, or below `low`. */
function limits(direction: Direction, threshold: number): { high: number; low: number } {
  return {
    high: direction === "down" ? Number.POSITIVE_INFINITY : threshold,
    low: direction === "up" ? Number.NEGATIVE_INFINITY : -threshold,
  };
}

function isBetween(value: number, low: number, high: number): boolean {
  return !(value > high || value < low);
}

/**
 * One event for each excursion beyond the threshold, at its extremum (the first of equal ones). Of events closer than
 * the refractory period the larger stays, the earlier of equal ones: the side lobes that a filter adds to a spike are
 * no spikes.
 */
export class ExcursionDetector implements Detector {
  readonly #samples = new NumberList();
  readonly #amplitudes = new NumberList();
  readonly #high: number;
  readonly #low: number;
  readonly #refractory: number;
  #index = 0;
  /** 1 above, -1 below, 0 between the thresholds. */
  #side = 0;
  #peakSample = 0;
  #peak = 0;
  /** The last event, as long as a larger one may take its place. */
  #heldSample = Number.NEGATIVE_INFINITY;
  #held = 0;

  /** @param refractory in samples; events that are at least so far apart are two */
  constructor(direction: Direction, threshold: number, refractory: number) {
    const { high, low } = limits(direction, threshold);
    this.#high = high;
    this.#low = low;
    this.#refractory = refractory;
  }

  push(values: Float32Array | Float64Array): void {
    const [high, low, { length }] = [this.#high, this.#low, values];
    for (let at = 0; at < length; at++) {
      if (this.#side === 0) while (at < length && isBetween(values[at] as number, low, high)) at++;
      if (at === length) break;
      const value = values[at] as number;
      const side = value > high ? 1 : value < low ? -1 : 0;
      if (side !== this.#side) {
        this.#closeExcursion();
        this.#side = side;
        this.#peak = 0;
      }
      if (side !== 0 && Math.abs(value) > Math.abs(this.#peak)) {
        this.#peak = value;
        this.#peakSample = this.#index + at;
      }
    }
    this.#index += length;
  }

  finish(): Detected {
    this.#closeExcursion();
    this.#side = 0;
    this.#giveHeld();
    this.#heldSample = Number.NEGATIVE_INFINITY;
    return { samples: this.#samples.values(), amplitudes: this.#amplitudes.values() };
  }

  #closeExcursion(): void {
    if (this.#side === 0) return;
    const near = this.#peakSample - this.#heldSample < this.#refractory;
    if (near && Math.abs(this.#peak) <= Math.abs(this.#held)) return;
    if (!near) this.#giveHeld();
    this.#heldSample = this.#peakSample;
    this.#held = this.#peak;
  }

  #giveHeld(): void {
    if (this.#heldSample < 0) return;
    this.#samples.push(this.#heldSample);
    this.#amplitudes.push(this.#held);
  }
}

/**
 * Events as SpikeLab's `from_thresholding` finds them: each sample that is beyond the threshold while the one before it
 * was not (never sample 0); without hysteresis every sample beyond the threshold. No refractory period.
 */
export class CrossingDetector implements Detector {
  readonly #samples = new NumberList();
  readonly #amplitudes = new NumberList();
  readonly #high: number;
  readonly #low: number;
  readonly #hysteresis: boolean;
  #index = 0;
  /** The sample before the first counts as beyond: it is never an edge. */
  #beyond = true;

  constructor(direction: Direction, threshold: number, hysteresis: boolean) {
    const { high, low } = limits(direction, threshold);
    this.#high = high;
    this.#low = low;
    this.#hysteresis = hysteresis;
  }

  push(values: Float32Array | Float64Array): void {
    const [high, low, { length }] = [this.#high, this.#low, values];
    let before = this.#beyond;
    for (let at = 0; at < length; at++) {
      const value = values[at] as number;
      const beyond = value > high || value < low;
      if (beyond && !(this.#hysteresis && before)) {
        this.#samples.push(this.#index + at);
        this.#amplitudes.push(value);
      }
      before = beyond;
    }
    this.#beyond = before;
    this.#index += length;
  }

  finish(): Detected {
    return { samples: this.#samples.values(), amplitudes: this.#amplitudes.values() };
  }
}
