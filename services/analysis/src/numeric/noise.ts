import { medianInPlace } from "./median.ts";

/** Values of which a sample is kept: 256 KiB a channel, and a standard error of the estimate of 0.65 percent. */
const mostKept = 2 ** 15;
/** Values that a {@link NoiseEstimate} or a {@link Deviation} works in. */
export const noiseRoom = mostKept;
/** Median of |x| of the standard normal distribution. */
const normalMedian = 0.6745;

/**
 * Estimates the noise of a stream by the median absolute deviation: median |x - median x| / 0.6745, the standard
 * deviation of the background when spikes are rare (Quiroga et al. 2004).
 *
 * Keeps every value up to 32768 of them, then every second, every fourth, ...: which, depends on their index alone.
 */
export class NoiseEstimate {
  readonly #kept: Float64Array;
  #length = 0;
  #stride = 1;
  /** How many values are passed over before the next is kept. */
  #skip = 0;

  /** @param room of {@link noiseRoom} */
  constructor(room: Float64Array) {
    this.#kept = room;
  }

  take(values: Float64Array): void {
    let at = this.#skip;
    for (; at < values.length; at += this.#stride) {
      if (this.#length === mostKept) {
        for (let index = 0; 2 * index < mostKept; index++) this.#kept[index] = this.#kept[2 * index] as number;
        this.#length = mostKept / 2;
        this.#stride *= 2;
        // The value at hand has an even number among those that would be kept, as mostKept is even.
      }
      this.#kept[this.#length++] = values[at] as number;
    }
    this.#skip = at - values.length;
  }

  /** The noise in the unit of the values, NaN without any; once, when all have come. */
  value(): number {
    const kept = this.#kept.subarray(0, this.#length);
    const middle = medianInPlace(kept);
    for (let index = 0; index < kept.length; index++) kept[index] = Math.abs((kept[index] as number) - middle);
    return medianInPlace(kept) / normalMedian;
  }
}

/** Values whose squares are summed at once. */
const summed = 2 ** 14;

/**
 * Population standard deviation of a stream, without loss by cancellation (Chan, Golub and LeVeque 1979). Any cut of the
 * values into pieces gives the same bits.
 */
export class Deviation {
  readonly #held: Float64Array;
  #length = 0;
  #count = 0;
  #mean = 0;
  #squares = 0;

  /** @param room of {@link noiseRoom} */
  constructor(room: Float64Array) {
    this.#held = room;
  }

  take(values: Float64Array): void {
    for (let from = 0; from < values.length; ) {
      const part = values.subarray(from, from + summed - this.#length);
      this.#held.set(part, this.#length);
      this.#length += part.length;
      from += part.length;
      if (this.#length === summed) this.#sum();
    }
  }

  /** NaN without any value; once, when all have come. */
  value(): number {
    if (this.#length > 0) this.#sum();
    return Math.sqrt(this.#squares / this.#count);
  }

  #sum(): void {
    const [values, length] = [this.#held, this.#length];
    let sum = 0;
    for (let index = 0; index < length; index++) sum += values[index] as number;
    const mean = sum / length;
    let squares = 0;
    for (let index = 0; index < length; index++) squares += ((values[index] as number) - mean) ** 2;
    const delta = mean - this.#mean;
    const count = this.#count + length;
    this.#squares += squares + (delta * delta * this.#count * length) / count;
    this.#mean += (delta * length) / count;
    this.#count = count;
    this.#length = 0;
  }
}
