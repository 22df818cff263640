/** Spikes in the order of their samples: where the window of each begins, and whose it is. */
export interface SpikeOrder {
  readonly starts: Float64Array;
  readonly units: Int32Array;
}

/** Windows on one channel: per unit and sample the mean, and the sum of squared distances from it. */
export interface WaveformMoments {
  /** [unit, sample] */
  readonly means: Float64Array;
  /** [unit, sample] */
  readonly squares: Float64Array;
  /** Spikes of each unit that count. */
  readonly counts: Float64Array;
}

/**
 * Spikes of all units whose windows begin at `sample - before`, in the order of time.
 *
 * @param samples for each unit
 */
export function orderSpikes(samples: readonly Float64Array[], before: number): SpikeOrder {
  const units = samples.length;
  const keys = new Float64Array(samples.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const [unit, list] of samples.entries())
    for (const sample of list) keys[at++] = (sample - before) * units + unit;
  keys.sort();
  const starts = keys.map((key) => Math.floor(key / units));
  return { starts, units: Int32Array.from(keys, (key, index) => key - (starts[index] as number) * units) };
}

/**
 * Gathers windows of one channel while its values pass (Welford 1962). Windows that begin before the record, or end
 * after it, do not count.
 */
export class WaveformCollector {
  readonly #order: SpikeOrder;
  readonly #length: number;
  readonly #moments: WaveformMoments;
  readonly #onWindow: ((spike: number, window: Float64Array) => void) | undefined;
  /** Values that later windows may begin with, then those that came last; filled again and again. */
  #room = new Float64Array(0);
  #held = 0;
  /** Sample of the first value that is held. */
  #first = 0;
  #next = 0;

  /**
   * @param length samples of a window
   * @param onWindow takes each window: its place in the order, and a view that does not last
   */
  constructor(
    order: SpikeOrder,
    units: number,
    length: number,
    onWindow?: (spike: number, window: Float64Array) => void,
  ) {
    this.#order = order;
    this.#length = length;
    this.#onWindow = onWindow;
    this.#moments = {
      means: new Float64Array(units * length),
      squares: new Float64Array(units * length),
      counts: new Float64Array(units),
    };
  }

  push(values: Float32Array | Float64Array): void {
    const all = this.#roomFor(this.#held + values.length);
    all.set(values, this.#held);
    const { starts, units } = this.#order;
    const end = this.#first + all.length;
    for (; this.#next < starts.length; this.#next++) {
      const start = starts[this.#next] as number;
      if (start < 0) continue;
      if (start + this.#length > end) break;
      const window = all.subarray(start - this.#first, start - this.#first + this.#length);
      this.#take(units[this.#next] as number, window);
      this.#onWindow?.(this.#next, window);
    }
    this.#held = Math.min(all.length, this.#length - 1);
    all.copyWithin(0, all.length - this.#held);
    this.#first = end - this.#held;
  }

  finish(): WaveformMoments {
    return this.#moments;
  }

  #roomFor(length: number): Float64Array {
    if (this.#room.length < length) {
      const room = new Float64Array(length);
      room.set(this.#room.subarray(0, this.#held));
      this.#room = room;
    }
    return this.#room.subarray(0, length);
  }

  #take(unit: number, window: Float64Array): void {
    const { means, squares, counts } = this.#moments;
    const count = (counts[unit] as number) + 1;
    counts[unit] = count;
    for (let index = 0, at = unit * window.length; index < window.length; index++, at++) {
      const value = window[index] as number;
      const delta = value - (means[at] as number);
      const mean = (means[at] as number) + delta / count;
      means[at] = mean;
      squares[at] = (squares[at] as number) + delta * (value - mean);
    }
  }
}
