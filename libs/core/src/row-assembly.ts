import type { ArrayChunk, ArrayDigest, ArrayEnd, Gap } from "@sluice/proto";
import { type ArrayGuard, describeBox } from "./array-guard.ts";
import type { AssemblyItem } from "./assembly-item.ts";
import { type Box, type BoxBytes, copyBox, shapesEqual } from "./box.ts";
import { FrameDigests } from "./digest.ts";
import { GapFiller } from "./gap-filler.ts";
import { cellIndex, gridCells } from "./grid.ts";
import type { OpenRow } from "./open-row.ts";
import { type OpenRowLimits, OpenRows } from "./open-rows.ts";
import { Code, type SluiceError } from "./problem.ts";
import { cellsAreRuns, RowRun } from "./row-run.ts";

/** How much the assembly of one array may hold or make up, in bytes. */
export interface AssemblyLimits extends OpenRowLimits {
  /** Elements that fill values stand for: a few bytes of input must not fill a disk. */
  readonly filledBytes: number;
}

export const defaultAssemblyLimits: AssemblyLimits = {
  openBytes: 64 * 2 ** 20,
  rowBytes: 2 ** 30,
  filledBytes: 16 * 2 ** 30,
};

/**
 * Turns the chunks of one array into the cells of a grid, one row of the grid after another along axis 0.
 *
 * Whole rows and whole cells pass through without a copy; anything else is copied once into the buffer of its row,
 * and once more into its cell where the row has more than one. Where the cells are runs (see `cellsAreRuns`), they come
 * out in C order, and elements that come in that order need no buffer of the row.
 */
export class RowAssembly {
  readonly guard: ArrayGuard;
  /** Known once the array has ended. */
  digest: ArrayDigest | undefined;
  readonly #grid: readonly number[];
  readonly #rowLength: number;
  readonly #oneCell: boolean;
  readonly #areRuns: boolean;
  readonly #filler: GapFiller;
  readonly #digests: FrameDigests;
  readonly #open: OpenRows;
  /** Rows given out: the index of the first row that is not. */
  #rowsDone = 0;
  /** Cells of that row that were given out already, by their C-order index in the row. */
  readonly #passedCells = new Set<number>();
  /** The head of that row, as long as it comes in C order. */
  #run: RowRun | undefined;
  /** Bytes of that row that are digested already. */
  #digested = 0;

  constructor(guard: ArrayGuard, grid: readonly number[], limits: AssemblyLimits, gaps: Gap[]) {
    this.guard = guard;
    this.#grid = fitGrid(guard, grid);
    this.#rowLength = this.#grid[0] as number;
    this.#oneCell = shapesEqual(this.#grid.slice(1), guard.rest);
    this.#areRuns = !this.#oneCell && cellsAreRuns(this.#grid, guard.rest);
    this.#open = new OpenRows(guard, this.#rowLength, limits);
    this.#filler = new GapFiller(guard, limits.filledBytes, gaps);
    this.#digests = new FrameDigests(guard.frameBytes);
  }

  /** Blocks that the chunk completes. */
  *chunk(chunk: ArrayChunk): Generator<AssemblyItem> {
    this.guard.admit(chunk);
    const start = chunk.offset[0] as number;
    const end = start + (chunk.shape[0] as number);
    const source = { box: chunk, data: chunk.data };
    let row = Math.floor(start / this.#rowLength);
    if (row > this.#rowsDone && !this.guard.anyOrder) yield* this.#closeRows(row, row * this.#rowLength);
    for (; row * this.#rowLength < end; row++) yield* this.#takeRow(row, source);
  }

  /** Blocks that the end completes, then the end. */
  *end(end?: ArrayEnd): Generator<AssemblyItem> {
    const { array, rest, length: declared } = this.guard;
    const length = this.guard.close(end);
    yield* this.#closeRows(Math.ceil(length / this.#rowLength), length);
    if (declared !== undefined && length < declared) this.#filler.endEarly(length, declared - length);
    const shape = [length, ...rest];
    this.digest = this.#digests.finish(array.name, array.dataType, shape);
    yield { kind: "end", array, shape };
  }

  *#takeRow(index: number, source: BoxBytes): Generator<AssemblyItem> {
    if (index < this.#rowsDone) throw this.#overlap(source.box);
    const next = index === this.#rowsDone;
    if (next && !this.#open.get(index)) {
      const box = this.#rowBox(index);
      if (this.#areRuns) {
        const part = oneIndex(source, index);
        const cells = this.#takeRun(box, part);
        if (cells) return yield* this.#giveRun(cells, part.data);
      } else {
        const bytes = this.#wholeRow(box, source);
        if (bytes) {
          yield* this.#giveOut(box, bytes);
          return yield* this.#drain();
        }
      }
    }
    const row = this.#open.get(index) ?? this.#openRow(index);
    if (!row.take(source)) throw this.#overlap(source.box);
    if (!next) return;
    const cell = this.#oneCell || this.#areRuns ? undefined : cellIndex(row.box, this.#grid, source.box);
    if (cell !== undefined) {
      this.#passedCells.add(cell);
      yield this.#block(source.box, source.data);
    }
    if (row.complete) yield* this.#drain();
  }

  /** Cells that the part completes, if it goes on where the head of the next row ends. */
  #takeRun(row: Box, part: BoxBytes): BoxBytes[] | undefined {
    this.#run ??= new RowRun(row, this.#grid, this.guard.itemBytes);
    const cells = this.#run.take(part);
    if (cells === "repeated") throw this.#overlap(part.box);
    return cells;
  }

  *#giveRun(cells: readonly BoxBytes[], data: Uint8Array): Generator<AssemblyItem> {
    this.#digests.update(data);
    const complete = this.#run?.complete === true;
    if (complete) this.#run = undefined;
    for (const cell of cells) yield this.#block(cell.box, cell.data);
    if (!complete) return;
    this.#rowsDone++;
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
    const { frameBytes, itemBytes } = this.guard;
    if (this.#run && this.#rowsDone < end) this.#breakRun(this.#run);
    this.#filler.requireRoom((length - this.#rowsDone * this.#rowLength) * frameBytes - this.#open.bytes);
    while (this.#rowsDone < end) {
      const box = this.#rowBox(this.#rowsDone, length);
      const bytes = (box.shape[0] as number) * frameBytes;
      const row = this.#open.get(this.#rowsDone);
      if (!row) this.#open.requireRowBytes(bytes);
      for (const part of row?.missing(length) ?? []) copyBox(this.#filler.fill(part), row as OpenRow, itemBytes);
      yield* this.#giveOut(box, row ? row.data.subarray(0, bytes) : this.#filler.fill(box).data);
    }
  }

  /** @param data the row's elements in C order */
  *#giveOut(box: Box, data: Uint8Array): Generator<AssemblyItem> {
    this.#digests.update(this.#digested === 0 ? data : data.subarray(this.#digested));
    this.#digested = 0;
    if (this.#oneCell) {
      yield this.#block(box, data);
    } else {
      let index = 0;
      for (const cell of gridCells(box, this.#grid)) {
        if (!this.#passedCells.has(index++)) yield this.#block(cell, this.#cutCell({ box, data }, cell));
      }
      this.#passedCells.clear();
    }
    this.#open.close(this.#rowsDone);
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

  /** @param length of axis 0, when it is less than the header says or was not known */
  #rowBox(index: number, length = this.guard.length ?? Number.MAX_SAFE_INTEGER): Box {
    const start = index * this.#rowLength;
    const { rest } = this.guard;
    return { offset: [start, ...rest.map(() => 0)], shape: [Math.min(this.#rowLength, length - start), ...rest] };
  }

  #openRow(index: number): OpenRow {
    const row = this.#open.open(index, this.#rowBox(index));
    if (this.#run && index === this.#rowsDone) this.#spill(this.#run, row);
    return row;
  }

  /** Elements of the row that never came are to be filled: it takes a buffer after all. */
  #breakRun(run: RowRun): void {
    if (run.bytes > 0 && !this.guard.array.fillValue) this.#filler.fill(run.rest);
    if (run.bytes > 0) this.#openRow(this.#rowsDone);
    this.#run = undefined;
  }

  /** The row goes on in a buffer. What was given out and digested is not needed again. */
  #spill(run: RowRun, row: OpenRow): void {
    for (const box of run.came()) row.mark(box);
    row.data.set(run.held.data, run.held.start);
    for (let cell = 0; cell < run.given; cell++) this.#passedCells.add(cell);
    this.#digested = run.bytes;
    this.#run = undefined;
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
}

/** What of a chunk lies at one index of axis 0. */
function oneIndex({ box, data }: BoxBytes, index: number): BoxBytes {
  const [first, count] = [box.offset[0] as number, box.shape[0] as number];
  if (count === 1) return { box, data };
  const bytes = data.length / count;
  const part = { offset: box.offset.with(0, index), shape: box.shape.with(0, 1) };
  return { box: part, data: data.subarray((index - first) * bytes, (index - first + 1) * bytes) };
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
