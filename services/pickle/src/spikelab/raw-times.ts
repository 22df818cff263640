import { asBytes, asElements, type Block } from "@sluice/core";
import { type Spool, SpooledPart } from "@sluice/sink";
import type { Payload } from "../payload.ts";
import type { RawPlan } from "./recording-plan.ts";

const timesAtOnce = 2 ** 16;

/** Times of raw samples in milliseconds: those of an array, which wait, or those of a regular clock. */
export class RawTimes {
  readonly #clock: RawPlan["clock"];
  readonly #values: SpooledPart;

  constructor({ clock }: RawPlan, spool: Spool) {
    this.#clock = clock;
    this.#values = new SpooledPart(spool);
  }

  /** Takes times of the array that the clock names. */
  async take({ array, data }: Block): Promise<void> {
    if (!("array" in this.#clock)) return;
    const { toSeconds } = this.#clock;
    const values = asElements(array.dataType as "float64", data);
    await this.#values.append(asBytes(Float64Array.from(values, (value) => value * toSeconds * 1e3)));
  }

  /** Times that there are for so many samples. */
  available(samples: number): number {
    return "array" in this.#clock ? this.#values.length / Float64Array.BYTES_PER_ELEMENT : samples;
  }

  payload(samples: number): Payload {
    const clock = this.#clock;
    const length = samples * Float64Array.BYTES_PER_ELEMENT;
    if ("array" in clock) return { length, pieces: () => this.#values.pieces() };
    return { length, pieces: () => regular(clock, samples) };
  }
}

function* regular(
  { startSeconds, stepSeconds }: { readonly startSeconds: number; readonly stepSeconds: number },
  samples: number,
): Generator<Uint8Array> {
  for (let first = 0; first < samples; first += timesAtOnce) {
    const count = Math.min(timesAtOnce, samples - first);
    const times = new Float64Array(count);
    for (let index = 0; index < count; index++) times[index] = (startSeconds + (first + index) * stepSeconds) * 1e3;
    yield asBytes(times);
  }
}
