import type { Box } from "./box.ts";

/**
 * The cells of a chunk grid that fill `bounds`, C order; the last one on each axis may be short.
 * The grid is anchored at the first element of `bounds`.
 *
 * @param cell lengths of a full cell, >= 1
 */
export function* gridCells(bounds: Box, cell: readonly number[]): Generator<Box> {
  const rank = cell.length;
  const local = cell.map(() => 0);
  if (bounds.shape.includes(0)) return;
  for (;;) {
    yield {
      offset: local.map((start, axis) => start + (bounds.offset[axis] as number)),
      shape: local.map((start, axis) => Math.min(cell[axis] as number, (bounds.shape[axis] as number) - start)),
    };
    let axis = rank - 1;
    for (; axis >= 0; axis--) {
      const next = (local[axis] as number) + (cell[axis] as number);
      local[axis] = next < (bounds.shape[axis] as number) ? next : 0;
      if (local[axis] !== 0) break;
    }
    if (axis < 0) return;
  }
}

/**
 * The C-order place of a box among the cells of {@link gridCells}, if it is one whole cell of them.
 *
 * @param box inside `bounds`
 */
export function cellIndex(bounds: Box, cell: readonly number[], box: Box): number | undefined {
  let index = 0;
  for (let axis = 0; axis < cell.length; axis++) {
    const length = cell[axis] as number;
    const extent = bounds.shape[axis] as number;
    const start = (box.offset[axis] as number) - (bounds.offset[axis] as number);
    if (start % length !== 0 || box.shape[axis] !== Math.min(length, extent - start)) return undefined;
    index = index * Math.ceil(extent / length) + start / length;
  }
  return index;
}
