import type { ArrayChunk, ArrayDigest, ArrayEnd, Gap } from "@sluice/proto";
import { type ArrayGuard, describeBox } from "./array-guard.ts";
import type { AssemblyItem } from "./assembly.ts";
import { type Box, type BoxBytes, copyBox, shapesEqual } from "./box.ts";
import { FrameDigests } from "./digest.ts";
import { gridCells } from "./grid.ts";
import { OpenRow } from "./open-row.ts";
import { Code, type SluiceError } from "./problem.ts";

/** How much the assembly of one array may hold or make up, in bytes. */
export interface AssemblyLimits {
  /** Incomplete grid rows together; one row is always allowed. */
  readonly openBytes: number;
  /** One grid row. */
  readonly rowBytes: number;
  /** Elements that fill values stand for: a few bytes of input must not fill a disk. */
  readonly filledBytes: number;
}

/**
 * Turns the chunks of one array into the cells of a grid, one row of the grid after another along axis 0.
 *
 * Whole rows and whole cells pass through without a copy; anything else is copied once into the buffer of its row,
 * and once more into its cell where the row has more than one.
 */
export class RowAssembly {
  readonly guard: ArrayGuard;
  /** Known once the array has ended. */
  digest: ArrayDigest | undefined;
  readonly #grid: readonly number[];
  readonly #rowLength: number;
  readonly #oneCell: boolean;
  readonly #limits: AssemblyLimits;
  readonly #gaps: Gap[];
  readonly #digests: FrameDigests;
  readonly #open = new Map<number, OpenRow>();
  #openBytes = 0;
  /** Rows given out: the index of the first row that is not. */
  #rowsDone = 0;
  /** Cells of that row that were given out already, by their C-order index in the row. */
  readonly #passedCells = new Set<number>();
  #fillBytes = new Uint8Array(0);
  #filledBytes = 0;
  #lastGap: Gap | undefined;

  constructor(guard: ArrayGuard, grid: readonly number[], limits: AssemblyLimits, gaps: Gap[]) {
    this.guard = guard;
    this.#grid = fitGrid(guard, grid);
    this.#rowLength = this.#grid[0] as number;
    this.#oneCell = shapesEqual(this.#grid.slice(1), guard.rest);
    this.#limits = limits;
    this.#gaps = gaps;
    this.#digests = new FrameDigests(guard.frameBytes);
  }

  /** Blocks that the chunk completes. */
  *chunk(chunk: ArrayChunk): Generator<AssemblyItem> {
    this.guard.admit(chunk);
    const start = chunk.offset[0] as number;
    const end = start + (chunk.shape[0] as number);
    const source = { box: chunk, data: chunk.data };
    let row = Math.floor(start / this.#rowLength);
    if (!this.guard.anyOrder) yield* this.#closeRows(row, row * this.#rowLength);
    for (; row * this.#rowLength < end; row++) yield* this.#takeRow(row, source);
  }

  /** Blocks that the end completes, then the end. */
  *end(end?: ArrayEnd): Generator<AssemblyItem> {
    const { array, rest, length: declared } = this.guard;
    const length = this.guard.close(end);
    yield* this.#closeRows(Math.ceil(length / this.#rowLength), length);
    if (declared !== undefined && length < declared) this.#addGap(length, declared - length, false);
    const shape = [length, ...rest];
    this.digest = this.#digests.finish(array.name, array.dataType, shape);
    yield { kind: "end", array, shape };
  }

  *#takeRow(index: number, source: BoxBytes): Generator<AssemblyItem> {
    if (index < this.#rowsDone) throw this.#overlap(source.box);
    const next = index === this.#rowsDone;
    if (next && !this.#open.has(index)) {
      const box = this.#rowBox(index);
      const bytes = this.#wholeRow(box, source);
      if (bytes) {
        yield* this.#giveOut(box, bytes);
        return yield* this.#drain();
      }
    }
    const row = this.#open.get(index) ?? this.#openRow(index);
    if (!row.take(source)) throw this.#overlap(source.box);
    if (!next) return;
    const cell = this.#cellIndex(row.box, source.box);
    if (cell !== undefined) {
      this.#passedCells.add(cell);
      yield this.#block(source.box, source.data);
    }
    yield* this.#drain();
  }

  /** Gives out rows as long as the next one is complete. */
  *#drain(): Generator<AssemblyItem> {
    for (;;) {
      const row = this.#open.get(this.#rowsDone);
      if (!row?.complete) return;
      yield* this.#giveOut(row.box, row.data);
    }
  }

  /** Gives out all rows before `end`; elements below `length` on axis 0 that never came are filled. */
  *#closeRows(end: number, length: number): Generator<AssemblyItem> {
    while (this.#rowsDone < end) {
      const box = this.#rowBox(this.#rowsDone, length);
      const row = this.#open.get(this.#rowsDone);
      const bytes = (box.shape[0] as number) * this.guard.frameBytes;
      if (row) {
        for (const part of row.missing(length)) copyBox(this.#fill(part), row, this.guard.itemBytes);
      }
      yield* this.#giveOut(box, row ? row.data.subarray(0, bytes) : this.#fill(box).data);
    }
  }

  /** @param data the row's elements in C order */
  *#giveOut(box: Box, data: Uint8Array): Generator<AssemblyItem> {
    this.#digests.update(data);
    if (this.#oneCell) {
      yield this.#block(box, data);
    } else {
      let index = 0;
      for (const cell of gridCells(box, this.#grid)) {
        if (!this.#passedCells.has(index++)) yield this.#block(cell, this.#cutCell({ box, data }, cell));
      }
      this.#passedCells.clear();
    }
    this.#openBytes -= this.#open.get(this.#rowsDone)?.data.length ?? 0;
    this.#open.delete(this.#rowsDone);
    this.#rowsDone++;
  }

  #cutCell(row: BoxBytes, box: Box): Uint8Array {
    const data = new Uint8Array(box.shape.reduce((product, length) => product * length, this.guard.itemBytes));
    copyBox(row, { box, data }, this.guard.itemBytes);
    return data;
  }

  #block(box: Box, data: Uint8Array): AssemblyItem {
    return { kind: "block", block: { array: this.guard.array, offset: box.offset, shape: box.shape, data } };
  }

  /** The bytes of the row inside the chunk, if the chunk holds all of it. */
  #wholeRow(row: Box, chunk: BoxBytes): Uint8Array | undefined {
    const before = (row.offset[0] as number) - (chunk.box.offset[0] as number);
    const length = row.shape[0] as number;
    if (before < 0 || before + length > (chunk.box.shape[0] as number)) return undefined;
    if (!shapesEqual(chunk.box.shape.slice(1), this.guard.rest)) return undefined;
    const { frameBytes } = this.guard;
    if (length * frameBytes === chunk.data.length) return chunk.data;
    return chunk.data.subarray(before * frameBytes, (before + length) * frameBytes);
  }

  /** The place of the chunk in the row's grid, if it is one whole cell of it. */
  #cellIndex(row: Box, chunk: Box): number | undefined {
    let index = 0;
    for (const [axis, cell] of this.#grid.entries()) {
      const start = (chunk.offset[axis] as number) - (row.offset[axis] as number);
      const extent = row.shape[axis] as number;
      if (start % cell !== 0 || chunk.shape[axis] !== Math.min(cell, extent - start)) return undefined;
      index = index * Math.ceil(extent / cell) + start / cell;
    }
    return index;
  }

  /** @param length of axis 0, when it is less than the header says or was not known */
  #rowBox(index: number, length = this.guard.length ?? Number.MAX_SAFE_INTEGER): Box {
    const start = index * this.#rowLength;
    const { rest } = this.guard;
    return { offset: [start, ...rest.map(() => 0)], shape: [Math.min(this.#rowLength, length - start), ...rest] };
  }

  #openRow(index: number): OpenRow {
    const box = this.#rowBox(index);
    const bytes = (box.shape[0] as number) * this.guard.frameBytes;
    this.#requireRowBytes(bytes);
    if (this.#open.size > 0 && this.#openBytes + bytes > this.#limits.openBytes) throw this.#tooManyOpen(bytes);
    const row = new OpenRow(box, this.guard.itemBytes);
    this.#open.set(index, row);
    this.#openBytes += bytes;
    return row;
  }

  /** Fill values for a box; also notes the gap. */
  #fill(box: Box): BoxBytes {
    const { array, itemBytes } = this.guard;
    if (!array.fillValue) throw this.#missing(box);
    const bytes = box.shape.reduce((product, length) => product * length, itemBytes);
    this.#filledBytes += bytes;
    if (this.#filledBytes > this.#limits.filledBytes) throw this.#tooMuchFilled();
    this.#addGap(box.offset[0] as number, box.shape[0] as number, true);
    this.#requireRowBytes(bytes);
    if (this.#fillBytes.length < bytes) {
      this.#fillBytes = new Uint8Array(bytes);
      Buffer.from(this.#fillBytes.buffer).fill(array.fillValue);
    }
    return { box, data: this.#fillBytes.subarray(0, bytes) };
  }

  #addGap(first: number, count: number, filled: boolean): void {
    const last = this.#lastGap;
    if (last && last.filled === filled && first <= last.first + last.count) {
      last.count = Math.max(last.first + last.count, first + count) - last.first;
      return;
    }
    this.#lastGap = { array: this.guard.array.name, first, count, filled };
    this.#gaps.push(this.#lastGap);
  }

  #overlap(box: Box): SluiceError {
    return this.guard.error({
      reason: "CHUNK_OVERLAP",
      message: "The chunk holds elements that came before.",
      got: describeBox(box),
      allowed: ["each element once"],
      remedy: "Send every element once; do not send a chunk again.",
    });
  }

  #missing(box: Box): SluiceError {
    return this.guard.error({
      reason: "CHUNK_MISSING",
      message: "Elements never came, and the array has no fill value.",
      got: `nothing for ${describeBox(box)}`,
      remedy: "Send all chunks, in order; or give the array a fill value that stands for missing elements.",
      grpcCode: Code.DATA_LOSS,
    });
  }

  #tooMuchFilled(): SluiceError {
    return this.guard.error({
      reason: "FILL_TOO_LARGE",
      message: "Most of the array never came; filling it would write more than is allowed.",
      got: `${this.#filledBytes} bytes of fill values`,
      allowed: [`up to ${this.#limits.filledBytes} bytes`],
      remedy: "Send the missing chunks, or end the array earlier.",
      grpcCode: Code.RESOURCE_EXHAUSTED,
    });
  }

  #tooManyOpen(bytes: number): SluiceError {
    return this.guard.error({
      reason: "CHUNK_ORDER_UNBOUNDED",
      message: "Too many rows of the grid are incomplete at once.",
      got: `${this.#openBytes + bytes} bytes in ${this.#open.size + 1} rows`,
      allowed: [`up to ${this.#limits.openBytes} bytes`],
      remedy:
        "Send chunks in the order of axis 0, and chunks that cover fewer indices of axis 0 and more of the others.",
      grpcCode: Code.RESOURCE_EXHAUSTED,
    });
  }

  #requireRowBytes(bytes: number): void {
    if (bytes <= this.#limits.rowBytes) return;
    throw this.guard.error({
      reason: "ROW_TOO_LARGE",
      message: "One row of the writer's grid is larger than may be held in memory.",
      got: `${bytes} bytes for ${this.#rowLength} indices of axis 0`,
      allowed: [`up to ${this.#limits.rowBytes} bytes`],
      remedy: "Send whole indices of axis 0 in each chunk, or choose a format option with smaller chunks.",
      grpcCode: Code.RESOURCE_EXHAUSTED,
    });
  }
}

/** The grid with no cell longer than the array; GRID_INVALID for a grid that an exporter should not have asked for. */
function fitGrid(guard: ArrayGuard, grid: readonly number[]): number[] {
  const sizes = [guard.length, ...guard.rest];
  if (grid.length === sizes.length && grid.every((cell) => Number.isSafeInteger(cell) && cell > 0)) {
    return grid.map((cell, axis) => Math.min(cell, sizes[axis] || cell));
  }
  throw guard.error({
    reason: "GRID_INVALID",
    message: "The writer asked for a grid that does not fit the array.",
    got: `[${grid.join(", ")}]`,
    allowed: [`${sizes.length} lengths >= 1`],
    grpcCode: Code.INTERNAL,
  });
}
