import type { ArrayEnd, ArraySpec, RaggedChunk } from "@sluice/proto";
import { itemSize, parseDataType } from "./data-type.ts";
import { type ProblemParts, SluiceError } from "./problem.ts";

/** Holds the chunks of one ragged array against its spec: consecutive rows, and as many bytes as their lengths say. */
export class RaggedGuard {
  readonly array: ArraySpec;
  readonly rest: readonly number[] = [];
  /** Rows, when known. */
  readonly length: number | undefined;
  readonly itemBytes: number;
  /** Rows begun. */
  #rows = 0;
  /** Elements of the last row so far. */
  #lastRowLength = 0;
  #ended = false;

  /** @param array of a header that `checkHeader` has passed */
  constructor(array: ArraySpec) {
    this.array = array;
    this.length = array.axes[0]?.size;
    this.itemBytes = itemSize[parseDataType(array.dataType, `arrays.${array.name}`)];
  }

  /** Rows that came. */
  get reached(): number {
    return this.#rows;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Throws what is wrong with the chunk. */
  admit(chunk: RaggedChunk): void {
    this.#requireOpen();
    const { rowLengths } = chunk;
    const count = rowLengths.reduce((sum, length) => sum + length, 0);
    const counts = rowLengths.length > 0 && rowLengths.every((length) => Number.isSafeInteger(length) && length >= 0);
    if (!counts || chunk.data.length !== count * this.itemBytes) {
      throw this.#error({
        reason: "CHUNK_SIZE_MISMATCH",
        message: "The ragged chunk's data are not as long as its rows say.",
        got: `${chunk.data.length} bytes for ${rowLengths.length} rows of ${count} elements`,
        allowed: [`one row or more, ${this.itemBytes} bytes for each element (${this.array.dataType})`],
        remedy: "Give each row's element count in this chunk, and as many bytes as they say.",
      });
    }
    this.#requireConsecutive(chunk);
    const continued = chunk.elementOffset > 0;
    const last = rowLengths.at(-1) as number;
    this.#lastRowLength = continued && rowLengths.length === 1 ? this.#lastRowLength + last : last;
    this.#rows = chunk.firstRow + rowLengths.length;
  }

  /** Closes the array and gives its row count. */
  close(end?: ArrayEnd): number {
    this.#requireOpen();
    this.#ended = true;
    if (!end || (end.shape.length === 1 && end.shape[0] === this.#rows)) return this.#rows;
    throw this.#error({
      reason: "ARRAY_END_MISMATCH",
      message: "The ragged array ends with another row count than was sent.",
      got: `[${end.shape.join(", ")}]`,
      allowed: [`[${this.#rows}]`],
      remedy: "End the array with the count of rows that were sent; rows without elements have length 0.",
    });
  }

  #requireConsecutive({ firstRow, elementOffset, rowLengths }: RaggedChunk): void {
    const most = this.length ?? Number.MAX_SAFE_INTEGER;
    if (firstRow + rowLengths.length > most) {
      throw this.#error({
        reason: "CHUNK_OUT_OF_RANGE",
        message: "The ragged chunk holds more rows than the array.",
        got: `rows ${firstRow} to ${firstRow + rowLengths.length - 1}`,
        allowed: [`${most} rows`],
        remedy: "Correct the chunk's rows or the array's size.",
      });
    }
    const begins = elementOffset === 0 && firstRow === this.#rows;
    const continues = elementOffset > 0 && firstRow === this.#rows - 1 && elementOffset === this.#lastRowLength;
    if (begins || continues) return;
    throw this.#error({
      reason: "CHUNK_ORDER",
      message: "The rows of a ragged array must follow each other without gap.",
      got: `row ${firstRow}, element ${elementOffset}`,
      allowed: [`row ${this.#rows}, element 0`, `row ${this.#rows - 1}, element ${this.#lastRowLength}`],
      remedy: "Send rows in order, each element once; a long row goes on in the next chunk at its element offset.",
    });
  }

  #requireOpen(): void {
    if (!this.#ended) return;
    throw this.#error({
      reason: "ARRAY_ENDED",
      message: "The array was closed before.",
      remedy: "Send an array's end after its last chunk, once.",
    });
  }

  #error(parts: Omit<ProblemParts, "field">): SluiceError {
    return new SluiceError({ field: `arrays.${this.array.name}`, ...parts });
  }
}
