import type { PlaneSize } from "../image/plane.ts";

/**
 * Binary closing with a square: dilation, then erosion, as scipy.ndimage.binary_closing. What lies outside the frame is
 * no foreground for either, so that foreground within half a square of the border is eroded away. A square of even size
 * reaches one pixel farther up and left in the erosion, down and right in the dilation.
 */
export function closing(mask: Uint8Array, { height, width }: PlaneSize, size: number): Uint8Array {
  const before = size >> 1;
  const after = size - 1 - before;
  const dilated = inWindow(mask, height, width, after, before, 1);
  return inWindow(dilated, height, width, before, after, size);
}

/** 1 where a window holds at least `least` ones along each axis in turn; pixels outside the frame are zeros. */
function inWindow(
  mask: Uint8Array,
  height: number,
  width: number,
  before: number,
  after: number,
  least: number,
): Uint8Array {
  const rows = new Uint8Array(mask.length);
  for (let y = 0; y < height; y++) slide(mask, rows, y * width, 1, width, before, after, least);
  const both = new Uint8Array(mask.length);
  for (let x = 0; x < width; x++) slide(rows, both, x, width, height, before, after, least);
  return both;
}

function slide(
  source: Uint8Array,
  target: Uint8Array,
  start: number,
  stride: number,
  length: number,
  before: number,
  after: number,
  least: number,
): void {
  const at = (index: number) => (index >= 0 && index < length ? (source[start + index * stride] as number) : 0);
  let ones = 0;
  for (let index = 0; index < after; index++) ones += at(index);
  for (let index = 0; index < length; index++) {
    ones += at(index + after) - at(index - before - 1);
    target[start + index * stride] = ones >= least ? 1 : 0;
  }
}
