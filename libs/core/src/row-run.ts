import { type Box, type BoxBytes, elementCount } from "./box.ts";
import { gridCells } from "./grid.ts";

/**
 * True when the elements of each cell of a grid follow each other in the array, C order: [1, ..., 1, n, all, ..., all].
 * Axis 0 must be 1, so that a row of the grid is one index of axis 0.
 *
 * @param rest lengths of all axes but the first
 */
export function cellsAreRuns(grid: readonly number[], rest: readonly number[]): boolean {
  const cut = grid.findIndex((length) => length !== 1);
  if (cut === -1) return true;
  return cut > 0 && grid.slice(cut + 1).every((length, axis) => length === rest[cut + axis]);
}

/**
 * The next row of a grid whose cells are runs, as long as its elements come in C order: cells are given out as they
 * fill, and no more than one of them is held, however long the row is.
 */
export class RowRun {
  readonly row: Box;
  readonly #itemBytes: number;
  readonly #cells: Generator<Box>;
  readonly #rowElements: number;
  #elements = 0;
  #cell: OpenCell | undefined;
  #given = 0;

  constructor(row: Box, grid: readonly number[], itemBytes: number) {
    this.row = row;
    this.#itemBytes = itemBytes;
    this.#cells = gridCells(row, grid);
    this.#rowElements = elementCount(row.shape);
  }

  /** Bytes that have come. */
  get bytes(): number {
    return this.#elements * this.#itemBytes;
  }

  get complete(): boolean {
    return this.#elements === this.#rowElements;
  }

  /** Cells that are given out. */
  get given(): number {
    return this.#given;
  }

  /**
   * Takes a part of the row that goes on where the last one ended, and gives the cells that it completes. A whole cell
   * inside the part is not copied. Undefined when the part does not go on there; "repeated" when it begins before.
   */
  take({ box, data }: BoxBytes): BoxBytes[] | "repeated" | undefined {
    const start = startOfRun(this.row, box);
    if (start === undefined || start > this.#elements) return undefined;
    if (start < this.#elements) return "repeated";
    const done: BoxBytes[] = [];
    for (let position = 0; position < data.length; ) {
      const cell = this.#open();
      const taken = Math.min(data.length - position, cell.bytes - cell.filled);
      const part = taken === data.length ? data : data.subarray(position, position + taken);
      position += taken;
      if (taken < cell.bytes) cell.put(part);
      if (cell.filled < cell.bytes && taken < cell.bytes) continue;
      done.push({ box: cell.box, data: cell.data ?? part });
      this.#cell = undefined;
      this.#given += 1;
    }
    this.#elements += data.length / this.#itemBytes;
    return done;
  }

  /** The cell at which it stands. */
  get rest(): Box {
    return this.#open().box;
  }

  /** The cell that is not complete, as far as it came, and where it begins in the bytes of the row. */
  get held(): { readonly start: number; readonly data: Uint8Array } {
    const cell = this.#cell;
    if (!cell?.data) return { start: this.bytes, data: new Uint8Array(0) };
    return { start: this.bytes - cell.filled, data: cell.data.subarray(0, cell.filled) };
  }

  /** Boxes that together hold all elements that have come. */
  *came(): Generator<Box> {
    const { offset, shape } = this.row;
    let rest = this.#elements;
    const place = offset.slice();
    for (let axis = 0; axis < shape.length && rest > 0; axis++) {
      const stride = shape.slice(axis + 1).reduce((product, length) => product * length, 1);
      const count = Math.floor(rest / stride);
      const lengths = shape.map((length, other) => (other < axis ? 1 : other === axis ? count : length));
      if (count > 0) yield { offset: place.slice(), shape: lengths };
      place[axis] = (place[axis] as number) + count;
      rest -= count * stride;
    }
  }

  #open(): OpenCell {
    this.#cell ??= new OpenCell(this.#cells.next().value as Box, this.#itemBytes);
    return this.#cell;
  }
}

/** A cell on its way. Memory is taken with the first part of it. */
class OpenCell {
  readonly box: Box;
  readonly bytes: number;
  filled = 0;
  data: Uint8Array | undefined;

  constructor(box: Box, itemBytes: number) {
    this.box = box;
    this.bytes = elementCount(box.shape) * itemBytes;
  }

  put(part: Uint8Array): void {
    this.data ??= new Uint8Array(this.bytes);
    this.data.set(part, this.filled);
    this.filled += part.length;
  }
}

/** The C-order place in `bounds` at which the elements of a box begin, if they follow each other there. */
function startOfRun(bounds: Box, box: Box): number | undefined {
  let start = 0;
  let inside = false;
  for (const [axis, extent] of bounds.shape.entries()) {
    const length = box.shape[axis] as number;
    if (inside && length !== extent) return undefined;
    inside ||= length > 1;
    start = start * extent + (box.offset[axis] as number) - (bounds.offset[axis] as number);
  }
  return start;
}
