import { Bitmap } from "./bitmap.ts";
import type { Box } from "./box.ts";
import { gridCells } from "./grid.ts";

/**
 * Which elements of a box have come. Exact for parts of any shape, at the price of one bit for each cell of the
 * coarsest lattice that all parts fit: a scan line, a band or a tile costs one bit; a part that fits no coarser
 * lattice splits the cells, down to single elements if it must be.
 */
export class Coverage {
  readonly #extents: readonly number[];
  #missing: number;
  /** Lengths of a cell; the last one on each axis may be short. */
  #cell: readonly number[];
  /** Cells on each axis. */
  #counts: readonly number[];
  #marks = new Bitmap(1);

  /** @param extents lengths of the box, >= 1; none of its elements has come */
  constructor(extents: readonly number[]) {
    this.#extents = extents;
    this.#missing = product(extents);
    this.#cell = extents;
    this.#counts = extents.map(() => 1);
  }

  get complete(): boolean {
    return this.#missing === 0;
  }

  /** Marks a part that lies inside and is not empty. False when some of it had come; then nothing is marked. */
  mark(part: Box): boolean {
    this.#refine(part);
    const cells = cellsOf(part, this.#cell);
    for (const [start, length] of runs(cells, this.#counts)) if (this.#marks.someOf(start, length)) return false;
    for (const [start, length] of runs(cells, this.#counts)) this.#marks.setRun(start, length);
    this.#missing -= product(part.shape);
    return true;
  }

  /** Boxes that together hold every element that has not come. */
  *missing(): Generator<Box> {
    if (this.complete) return;
    let index = 0;
    for (const cell of gridCells({ offset: this.#extents.map(() => 0), shape: this.#extents }, this.#cell)) {
      if (!this.#marks.has(index++)) yield cell;
    }
  }

  /** Splits cells until the part is made of whole ones. */
  #refine(part: Box): void {
    const cell = this.#cell.map((length, axis) => {
      const extent = at(this.#extents, axis);
      const start = at(part.offset, axis);
      const partLength = start + at(part.shape, axis) === extent ? 0 : at(part.shape, axis);
      const boundary = greatestCommonDivisor(start, partLength);
      if (length === extent) return boundary || extent;
      return greatestCommonDivisor(length, boundary);
    });
    if (cell.every((length, axis) => length === at(this.#cell, axis))) return;
    const counts = cell.map((length, axis) => Math.ceil(at(this.#extents, axis) / length));
    const marks = new Bitmap(product(counts));
    for (const box of this.#markedBoxes()) {
      for (const [start, length] of runs(cellsOf(box, cell), counts)) marks.setRun(start, length);
    }
    this.#cell = cell;
    this.#counts = counts;
    this.#marks = marks;
  }

  *#markedBoxes(): Generator<Box> {
    for (const index of this.#marks.indices()) {
      let rest = index;
      const offset = this.#counts.map(() => 0);
      for (let axis = offset.length - 1; axis >= 0; axis--) {
        offset[axis] = (rest % at(this.#counts, axis)) * at(this.#cell, axis);
        rest = Math.floor(rest / at(this.#counts, axis));
      }
      const shape = offset.map((start, axis) => Math.min(at(this.#cell, axis), at(this.#extents, axis) - start));
      yield { offset, shape };
    }
  }
}

/** A part in cells; its borders lie on cell borders, but for the end of an axis. */
function cellsOf(part: Box, cell: readonly number[]): Box {
  return {
    offset: part.offset.map((start, axis) => start / at(cell, axis)),
    shape: part.shape.map((length, axis) => Math.ceil(length / at(cell, axis))),
  };
}

/** The elements of a box as runs of C-order positions in an array of these extents: [start, length]. */
function* runs(box: Box, extents: readonly number[]): Generator<readonly [number, number]> {
  let axis = extents.length - 1;
  let run = 1;
  let stride = 1;
  let start = 0;
  for (; axis >= 0; axis--) {
    run *= at(box.shape, axis);
    start += at(box.offset, axis) * stride;
    stride *= at(extents, axis);
    if (run !== stride) break;
  }
  yield* strided(box, extents, axis - 1, stride, start, run);
}

function* strided(
  box: Box,
  extents: readonly number[],
  axis: number,
  stride: number,
  start: number,
  run: number,
): Generator<readonly [number, number]> {
  if (axis < 0) {
    yield [start, run];
    return;
  }
  for (let index = 0; index < at(box.shape, axis); index++) {
    const from = start + (at(box.offset, axis) + index) * stride;
    yield* strided(box, extents, axis - 1, stride * at(extents, axis), from, run);
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((result, length) => result * length, 1);
}

function at(values: readonly number[], axis: number): number {
  return values[axis] as number;
}
