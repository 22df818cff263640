import { arrayEndFrame, asBytes, chunkFrame } from "@sluice/core";
import type { ArraySpec, Frame } from "@sluice/proto";

/** Times that followed each other evenly before frames were dropped. */
export interface RegularTimes {
  /** Array that holds the times of the frames that are left. */
  readonly target: ArraySpec;
  /** Time of frame 0, before. */
  readonly origin: number;
  readonly interval: number;
}

const timesPerChunk = 4096;

/** Writes the times of frames that are left of an even sequence, as they come. */
export class TimesOfSelection {
  readonly #times: RegularTimes;
  #pending: number[] = [];
  #first = 0;

  constructor(times: RegularTimes) {
    this.#times = times;
  }

  /** Takes the next frame that is left, and the index it had. */
  add(index: number, indexBefore: number): Frame[] {
    const { origin, interval } = this.#times;
    const frames = this.#pending.length === timesPerChunk ? this.#flush() : [];
    if (this.#pending.length === 0) this.#first = index;
    this.#pending.push(origin + interval * indexBefore);
    return frames;
  }

  end(): Frame[] {
    const count = this.#first + this.#pending.length;
    return [...this.#flush(), arrayEndFrame({ arrayId: this.#times.target.arrayId, shape: [count] })];
  }

  #flush(): Frame[] {
    const data = Float64Array.from(this.#pending);
    this.#pending = [];
    if (data.length === 0) return [];
    const { arrayId } = this.#times.target;
    return [chunkFrame({ arrayId, offset: [this.#first], shape: [data.length], data: asBytes(data) })];
  }
}
