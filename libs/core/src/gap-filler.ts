import type { Gap } from "@sluice/proto";
import { type ArrayGuard, describeBox } from "./array-guard.ts";
import type { Box, BoxBytes } from "./box.ts";
import { Code } from "./problem.ts";

/** Stands in for elements of one array that never came, and keeps account of them. */
export class GapFiller {
  readonly #guard: ArrayGuard;
  readonly #limitBytes: number;
  readonly #gaps: Gap[];
  #last: Gap | undefined;
  #filledBytes = 0;
  #data = new Uint8Array(0);

  /**
   * @param limitBytes most that may be filled
   * @param gaps of the stream; those of this array are added
   */
  constructor(guard: ArrayGuard, limitBytes: number, gaps: Gap[]) {
    this.#guard = guard;
    this.#limitBytes = limitBytes;
    this.#gaps = gaps;
  }

  /** Fill values for a box, read-only. CHUNK_MISSING without a fill value, FILL_TOO_LARGE beyond the limit. */
  fill(box: Box): BoxBytes {
    const { array, itemBytes } = this.#guard;
    if (!array.fillValue) {
      throw this.#guard.error({
        reason: "CHUNK_MISSING",
        message: "Elements never came, and the array has no fill value.",
        got: `nothing for ${describeBox(box)}`,
        remedy: "Send all chunks, in order; or give the array a fill value that stands for missing elements.",
        grpcCode: Code.DATA_LOSS,
      });
    }
    const bytes = box.shape.reduce((product, length) => product * length, itemBytes);
    this.requireRoom(bytes);
    this.#filledBytes += bytes;
    this.#note(box.offset[0] as number, box.shape[0] as number, true);
    if (this.#data.length < bytes) {
      this.#data = new Uint8Array(bytes);
      Buffer.from(this.#data.buffer).fill(array.fillValue);
    }
    return { box, data: this.#data.subarray(0, bytes) };
  }

  /** FILL_TOO_LARGE when as many bytes more are beyond the limit: known before the first of them is written. */
  requireRoom(bytes: number): void {
    if (this.#filledBytes + bytes <= this.#limitBytes || !this.#guard.array.fillValue) return;
    throw this.#guard.error({
      reason: "FILL_TOO_LARGE",
      message: "Most of the array never came; to fill it would write more than is allowed.",
      got: `${this.#filledBytes + bytes} bytes of fill values`,
      allowed: [`up to ${this.#limitBytes} bytes`],
      remedy: "Send the missing chunks, or end the array earlier.",
      grpcCode: Code.RESOURCE_EXHAUSTED,
    });
  }

  /** Notes that the array is shorter than its spec says. */
  endEarly(first: number, count: number): void {
    this.#note(first, count, false);
  }

  /** Notes come in ascending order; those that touch become one. */
  #note(first: number, count: number, filled: boolean): void {
    const last = this.#last;
    if (last && last.filled === filled && first <= last.first + last.count) {
      last.count = first + count - last.first;
      return;
    }
    this.#last = { array: this.#guard.array.name, first, count, filled };
    this.#gaps.push(this.#last);
  }
}
