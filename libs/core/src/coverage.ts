import { Bitmap } from "./bitmap.ts";
import type { Box } from "./box.ts";
import { cellIndex } from "./grid.ts";

/**
 * Which elements of a box have come. Exact for parts of any shape, at the price of one bit for each cell of the
 * coarsest lattice that all parts fit: a scan line, a band or a tile costs one bit; a part that fits no coarser
 * lattice splits the cells, down to single elements if it must be.
 */
export class Coverage {
  readonly #bounds: Box;
  #missing: number;
  /** Lengths of a cell; the last one on each axis may be short. */
  #cell: readonly number[];
  /** Cells on each axis. */
  #counts: readonly number[];
  #marks = new Bitmap(1);

  /** @param bounds the box, none of whose elements has come */
  constructor(bounds: Box) {
    this.#bounds = bounds;
    this.#missing = product(bounds.shape);
    this.#cell = bounds.shape;
    this.#counts = bounds.shape.map(() => 1);
  }

  get complete(): boolean {
    return this.#missing === 0;
  }

  /** Marks a part that lies inside and is not empty. False when some of it had come; then nothing is marked. */
  mark(part: Box): boolean {
    const single = cellIndex(this.#bounds, this.#cell, part);
    if (single === undefined) return this.#markMany(part);
    if (this.#marks.has(single)) return false;
    this.#marks.setRun(single, single + 1);
    this.#missing -= product(part.shape);
    return true;
  }

  /** Disjoint boxes that together hold every element that has not come, ascending on axis 0. */
  missing(): Generator<Box> {
    return this.#missingBelow([], 0);
  }

  #markMany(part: Box): boolean {
    this.#refine(part);
    const cells = this.#cellsOf(part, this.#cell);
    for (const [start, length] of runs(cells, this.#counts)) {
      if (this.#marks.find(true, start, start + length) < start + length) return false;
    }
    for (const [start, length] of runs(cells, this.#counts)) this.#marks.setRun(start, start + length);
    this.#missing -= product(part.shape);
    return true;
  }

  /** Splits cells until the part is made of whole ones. */
  #refine(part: Box): void {
    const extents = this.#bounds.shape;
    const cell = this.#cell.map((length, axis) => {
      const extent = at(extents, axis);
      const start = at(part.offset, axis) - at(this.#bounds.offset, axis);
      const partLength = at(part.shape, axis);
      const boundary = greatestCommonDivisor(start, start + partLength === extent ? 0 : partLength);
      return length === extent ? boundary || extent : greatestCommonDivisor(length, boundary);
    });
    if (cell.every((length, axis) => length === at(this.#cell, axis))) return;
    const counts = cell.map((length, axis) => Math.ceil(at(extents, axis) / length));
    const marks = new Bitmap(product(counts));
    for (const box of this.#markedBoxes()) {
      for (const [start, length] of runs(this.#cellsOf(box, cell), counts)) marks.setRun(start, start + length);
    }
    this.#cell = cell;
    this.#counts = counts;
    this.#marks = marks;
  }

  /**
   * Missing boxes whose leading cell positions are `prefix`.
   *
   * @param first C-order index of the first cell with this prefix
   */
  *#missingBelow(prefix: readonly number[], first: number): Generator<Box> {
    const axis = prefix.length;
    const count = at(this.#counts, axis);
    const stride = product(this.#counts.slice(axis + 1));
    const end = first + count * stride;
    for (let position = 0; position < count; ) {
      const start = first + position * stride;
      const free = Math.floor((this.#marks.find(true, start, end) - start) / stride);
      if (free > 0) yield this.#boxOf([...prefix, position], free);
      const taken = start + free * stride;
      const full = Math.floor((this.#marks.find(false, taken, end) - taken) / stride);
      position += free + full;
      if (full > 0 || position >= count) continue;
      yield* this.#missingBelow([...prefix, position], taken);
      position++;
    }
  }

  *#markedBoxes(): Generator<Box> {
    for (const index of this.#marks.indices()) {
      let rest = index;
      const position = this.#counts.map(() => 0);
      for (let axis = position.length - 1; axis >= 0; axis--) {
        position[axis] = rest % at(this.#counts, axis);
        rest = Math.floor(rest / at(this.#counts, axis));
      }
      yield this.#boxOf(position, 1);
    }
  }

  /** The box of `count` cells along the last of the axes that `position` names, and of all cells on the axes after. */
  #boxOf(position: readonly number[], count: number): Box {
    const { offset, shape } = this.#bounds;
    const last = position.length - 1;
    const local = shape.map((_, axis) => (position[axis] ?? 0) * at(this.#cell, axis));
    return {
      offset: local.map((start, axis) => start + at(offset, axis)),
      shape: local.map((start, axis) => {
        const cells = axis > last ? at(this.#counts, axis) : axis === last ? count : 1;
        return Math.min(cells * at(this.#cell, axis), at(shape, axis) - start);
      }),
    };
  }

  /** A part in cells; its borders lie on cell borders, but for the end of an axis. */
  #cellsOf(part: Box, cell: readonly number[]): Box {
    return {
      offset: part.offset.map((start, axis) => (start - at(this.#bounds.offset, axis)) / at(cell, axis)),
      shape: part.shape.map((length, axis) => Math.ceil(length / at(cell, axis))),
    };
  }
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
