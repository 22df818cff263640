import { type Box, type BoxBytes, clipBox, copyBox } from "./box.ts";
import { Coverage } from "./coverage.ts";

/** A row of the grid that is not complete yet: one buffer in C order, and what of it has come. */
export class OpenRow {
  readonly box: Box;
  readonly data: Uint8Array;
  readonly #coverage: Coverage;
  readonly #itemBytes: number;

  /** @param box global; all axes but the first are whole */
  constructor(box: Box, itemBytes: number) {
    const bytes = box.shape.reduce((product, length) => product * length, itemBytes);
    this.box = box;
    // Not zeroed: every byte is copied or filled before it is read.
    this.data = new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
    this.#coverage = new Coverage(box.shape);
    this.#itemBytes = itemBytes;
  }

  get complete(): boolean {
    return this.#coverage.complete;
  }

  /** Takes what of the chunk lies in this row; false when some of it had come. */
  take(chunk: BoxBytes): boolean {
    const part = clipBox(chunk.box, this.box);
    if (!part) return true;
    if (!this.#coverage.mark(this.#local(part))) return false;
    copyBox(chunk, this, this.#itemBytes);
    return true;
  }

  /** Global boxes, below `end` on axis 0, that hold every element there that has not come. */
  *missing(end: number): Generator<Box> {
    const start = this.box.offset[0] as number;
    for (const part of this.#coverage.missing()) {
      const first = start + (part.offset[0] as number);
      const length = Math.min(part.shape[0] as number, end - first);
      if (length <= 0) continue;
      yield { offset: [first, ...part.offset.slice(1)], shape: [length, ...part.shape.slice(1)] };
    }
  }

  #local(part: Box): Box {
    const start = this.box.offset[0] as number;
    return { offset: part.offset.map((index, axis) => (axis === 0 ? index - start : index)), shape: part.shape };
  }
}
