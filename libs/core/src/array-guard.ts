import { type ArrayChunk, type ArrayEnd, type ArraySpec, ChunkOrder } from "@sluice/proto";
import { countElements } from "./box.ts";
import { itemSize, parseDataType } from "./data-type.ts";
import { Code, type ProblemParts, SluiceError } from "./problem.ts";

/** Holds the chunks of one array against its spec: rank, range, bytes, order on axis 0, and nothing after its end. */
export class ArrayGuard {
  readonly array: ArraySpec;
  readonly itemBytes: number;
  /** Bytes of one index of axis 0. */
  readonly frameBytes: number;
  /** Lengths of all axes but the first. */
  readonly rest: readonly number[];
  /** Length of axis 0, when known. */
  readonly length: number | undefined;
  readonly anyOrder: boolean;
  /** Indices of axis 0 that chunks have reached. */
  reached = 0;
  #lastStart = 0;
  #ended = false;

  /** @param array of a header that `checkHeader` has passed */
  constructor(array: ArraySpec) {
    this.array = array;
    this.itemBytes = itemSize[parseDataType(array.dataType, `arrays.${array.name}`)];
    this.rest = array.axes.slice(1).map((axis) => axis.size ?? 0);
    this.frameBytes = this.rest.reduce((product, length) => product * length, this.itemBytes);
    this.length = array.axes[0]?.size;
    this.anyOrder = array.order === ChunkOrder.CHUNK_ORDER_ANY;
  }

  /** Throws what is wrong with the chunk; overlap apart. */
  admit(chunk: ArrayChunk): void {
    this.requireOpen();
    const rank = this.array.axes.length;
    if (chunk.offset.length !== rank || chunk.shape.length !== rank) {
      throw this.error({
        reason: "CHUNK_RANK_MISMATCH",
        message: "The chunk has another rank than the array.",
        got: describeBox(chunk),
        allowed: [`${rank} offsets and ${rank} lengths`],
        remedy: "Give one offset and one length for each axis.",
      });
    }
    this.#requireInside(chunk);
    const count = countElements(chunk.shape) ?? Number.POSITIVE_INFINITY;
    if (chunk.data.length !== count * this.itemBytes) {
      throw this.error({
        reason: "CHUNK_SIZE_MISMATCH",
        message: "The chunk's data are not as long as its shape says.",
        got: `${chunk.data.length} bytes for ${describeBox(chunk)}`,
        allowed: [`${count} elements of ${this.itemBytes} bytes (${this.array.dataType})`],
        remedy: "Send as many bytes as the shape and the data type say.",
      });
    }
    const start = chunk.offset[0] as number;
    if (start < this.#lastStart && !this.anyOrder) throw this.#wentBack(chunk);
    this.#lastStart = start;
    this.reached = Math.max(this.reached, start + (chunk.shape[0] as number));
  }

  /**
   * Closes the array and gives its final length on axis 0.
   *
   * @param end as sent; undefined at the end of the stream
   */
  close(end?: ArrayEnd): number {
    this.requireOpen();
    this.#ended = true;
    if (!end) return this.reached;
    const [length, ...rest] = end.shape;
    const most = this.length ?? Number.MAX_SAFE_INTEGER;
    const fits =
      length !== undefined &&
      Number.isSafeInteger(length) &&
      length >= this.reached &&
      length <= most &&
      rest.length === this.rest.length &&
      rest.every((size, axis) => size === this.rest[axis]);
    if (fits) return length;
    throw this.error({
      reason: "ARRAY_END_MISMATCH",
      message: "The array ends with a shape that its spec or its chunks do not allow.",
      got: `[${end.shape.join(", ")}]`,
      allowed: [`[${[`${this.reached}..${this.length ?? ""}`, ...this.rest].join(", ")}]`],
      remedy: "End the array with the shape that was sent.",
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  requireOpen(): void {
    if (!this.#ended) return;
    throw this.error({
      reason: "ARRAY_ENDED",
      message: "The array was closed before.",
      remedy: "Send an array's end after its last chunk, once.",
    });
  }

  /** An error that names the array. */
  error(parts: Omit<ProblemParts, "field">): SluiceError {
    return new SluiceError({ field: `arrays.${this.array.name}`, ...parts });
  }

  #requireInside({ offset, shape }: ArrayChunk): void {
    for (const [axis, start] of offset.entries()) {
      const length = shape[axis] as number;
      const size = axis === 0 ? (this.length ?? Number.MAX_SAFE_INTEGER) : (this.rest[axis - 1] as number);
      const whole = Number.isSafeInteger(start) && Number.isSafeInteger(length);
      if (whole && start >= 0 && length > 0 && length <= size - start) continue;
      throw this.error({
        reason: length === 0 ? "CHUNK_EMPTY" : "CHUNK_OUT_OF_RANGE",
        message: length === 0 ? "The chunk holds no element." : "The chunk does not lie inside the array.",
        got: describeBox({ offset, shape }),
        allowed: [
          `axis ${axis} (${this.array.axes[axis]?.name}): 0 <= offset, offset + length <= ${size}, length >= 1`,
        ],
        remedy: length === 0 ? "Leave empty chunks out." : "Correct the chunk's box or the array's size.",
        grpcCode: length === 0 ? Code.INVALID_ARGUMENT : Code.OUT_OF_RANGE,
      });
    }
  }

  #wentBack(chunk: ArrayChunk): SluiceError {
    return this.error({
      reason: "CHUNK_ORDER",
      message: "The chunk goes back on axis 0, or came before; the array promises row-major order.",
      got: describeBox(chunk),
      allowed: [`offset on axis 0 >= ${this.#lastStart}`],
      remedy: "Send chunks in the order of axis 0, or declare CHUNK_ORDER_ANY.",
    });
  }
}

/** A box for people. */
export function describeBox({ offset, shape }: { offset: readonly number[]; shape: readonly number[] }): string {
  return `offset [${offset.join(", ")}], shape [${shape.join(", ")}]`;
}
