import { type Box, type BoxBytes, boxContains, clipBox, copyBox } from "./box.ts";
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
    this.#coverage = new Coverage(box);
    this.#itemBytes = itemBytes;
  }

  get complete(): boolean {
    return this.#coverage.complete;
  }

  /** Takes what of the chunk lies in this row; false when some of it had come. */
  take(chunk: BoxBytes): boolean {
    const part = boxContains(this.box, chunk.box) ? chunk.box : clipBox(chunk.box, this.box);
    if (!part) return true;
    if (!this.#coverage.mark(part)) return false;
    copyBox(chunk, this, this.#itemBytes, part);
    return true;
  }

  /** Marks elements as come that nobody will read from `data`. */
  mark(box: Box): void {
    this.#coverage.mark(box);
  }

  /** Boxes, below `end` on axis 0, that hold every element there that has not come; ascending on axis 0. */
  *missing(end: number): Generator<Box> {
    for (const { offset, shape } of this.#coverage.missing()) {
      const length = Math.min(shape[0] as number, end - (offset[0] as number));
      if (length > 0) yield { offset, shape: shape.with(0, length) };
    }
  }
}
