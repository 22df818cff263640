import { asBytes } from "@sluice/core";
import type { Frame } from "@sluice/proto";

/** Elements in one frame. */
const elementsPerFrame = 2 ** 17;
/** Rows in one frame: units without a spike cost nothing else. */
const rowsPerFrame = 4096;

/** Rows that were made one by one, or several at once; their memory does not change afterwards. */
export type RowSource =
  | AsyncIterable<Float64Array | readonly Float64Array[]>
  | Iterable<Float64Array | readonly Float64Array[]>;

/**
 * Rows of a ragged array of float64, in order, as frames: short ones together, long ones in parts. Rows that stand end to
 * end in memory are not copied.
 */
export async function* raggedFrames(arrayId: number, rows: RowSource): AsyncGenerator<Frame> {
  const frames = new RowFrames(arrayId);
  for await (const given of rows) {
    for (const row of ArrayBuffer.isView(given) ? [given] : given) yield* frames.take(row);
  }
  yield* frames.end();
}

/** Rows that wait until they fill a frame. */
class RowFrames {
  readonly #arrayId: number;
  #firstRow = 0;
  #held: Float64Array[] = [];
  #length = 0;

  constructor(arrayId: number) {
    this.#arrayId = arrayId;
  }

  *take(row: Float64Array): Generator<Frame> {
    const isFull = this.#length + row.length > elementsPerFrame || this.#held.length === rowsPerFrame;
    if (isFull) yield* this.end();
    if (row.length <= elementsPerFrame) {
      this.#held.push(row);
      this.#length += row.length;
      return;
    }
    for (let start = 0; start < row.length; start += elementsPerFrame) {
      const part = row.subarray(start, start + elementsPerFrame);
      yield this.#frame([part.length], start, part);
    }
    this.#firstRow++;
  }

  *end(): Generator<Frame> {
    if (this.#held.length === 0) return;
    const lengths = this.#held.map((row) => row.length);
    yield this.#frame(lengths, 0, endToEnd(this.#held, this.#length));
    this.#firstRow += lengths.length;
    [this.#held, this.#length] = [[], 0];
  }

  #frame(rowLengths: number[], elementOffset: number, elements: Float64Array): Frame {
    const value = {
      arrayId: this.#arrayId,
      firstRow: this.#firstRow,
      rowLengths,
      elementOffset,
      data: asBytes(elements),
    };
    return { sequence: 0, content: { $case: "ragged", value } };
  }
}

/** Rows as one list: the memory that they are parts of, where they follow each other there. */
function endToEnd(rows: readonly Float64Array[], length: number): Float64Array {
  const [{ buffer, byteOffset }] = rows as [Float64Array];
  let end = byteOffset;
  const isOne = rows.every((row) => {
    const follows = row.buffer === buffer && row.byteOffset === end;
    end += row.byteLength;
    return follows;
  });
  if (isOne) return new Float64Array(buffer, byteOffset, length);
  const whole = new Float64Array(length);
  let start = 0;
  for (const row of rows) {
    whole.set(row, start);
    start += row.length;
  }
  return whole;
}

/** The times in ascending order: themselves, where they ascend. */
export function ascending(times: Float64Array): Float64Array {
  for (let index = 1; index < times.length; index++) {
    if ((times[index - 1] as number) > (times[index] as number)) return times.toSorted();
  }
  return times;
}
