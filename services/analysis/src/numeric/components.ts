import type { PlaneSize } from "../image/plane.ts";

/** Connected parts of a mask. */
export interface Components {
  /** For each pixel the number of its part from 1 on, in the order of their first pixels; 0 where there is none. */
  readonly labels: Int32Array;
  readonly count: number;
}

/**
 * Finds the connected parts of the pixels of one value.
 *
 * @param value 1: the parts of the mask; 0: those of what is not masked
 * @param neighbours 8: pixels that touch at a corner are connected; 4: they are not
 */
export function components(
  mask: Uint8Array,
  { height, width }: PlaneSize,
  neighbours: 4 | 8,
  value: 0 | 1 = 1,
): Components {
  const labels = new Int32Array(mask.length);
  const stack = new Int32Array(mask.length);
  let count = 0;
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] !== value || labels[start] !== 0) continue;
    count++;
    labels[start] = count;
    let filled = 0;
    stack[filled++] = start;
    while (filled > 0) {
      const pixel = stack[--filled] as number;
      const y = Math.floor(pixel / width);
      const x = pixel % width;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          if (neighbours === 4 && ny !== y && nx !== x) continue;
          const next = ny * width + nx;
          if (mask[next] !== value || labels[next] !== 0) continue;
          labels[next] = count;
          stack[filled++] = next;
        }
      }
    }
  }
  return { labels, count };
}

/** What is known of the place of a part. */
export interface Region {
  /** Number of the part. */
  readonly label: number;
  /** Pixels in all. */
  readonly area: number;
  /** Rows from `top` to before `bottom`, columns from `left` to before `right`. */
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  /** Mean of the places of its pixels. */
  readonly y: number;
  readonly x: number;
}

/** Places of the parts, in the order of their numbers. */
export function regions({ labels, count }: Components, { height, width }: PlaneSize): Region[] {
  const found = Array.from({ length: count }, (_, index) => ({
    label: index + 1,
    area: 0,
    top: height,
    left: width,
    bottom: 0,
    right: 0,
    y: 0,
    x: 0,
  }));
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      const region = found[(labels[pixel] as number) - 1];
      if (!region) continue;
      region.area++;
      region.top = Math.min(region.top, y);
      region.left = Math.min(region.left, x);
      region.bottom = y + 1;
      region.right = Math.max(region.right, x + 1);
      region.y += y;
      region.x += x;
    }
  }
  return found.map((region) => ({ ...region, y: region.y / region.area, x: region.x / region.area }));
}

/** True when a part has pixels at the edge of the frame. */
export function touchesEdge({ top, left, bottom, right }: Region, { height, width }: PlaneSize): boolean {
  return top === 0 || left === 0 || bottom === height || right === width;
}

/**
 * The mask with its holes filled: parts of what is not masked, connected along edges alone.
 *
 * @param area parts of fewer pixels are filled, at the edge of the frame as well, as skimage.morphology.remove_small_holes
 *   does; when it is left out, all parts that do not touch the edge, as scipy.ndimage.binary_fill_holes does
 */
export function holesFilled(mask: Uint8Array, size: PlaneSize, area?: number): Uint8Array {
  const outside = components(mask, size, 4, 0);
  const isHole = regions(outside, size).map((region) =>
    area === undefined ? !touchesEdge(region, size) : region.area < area,
  );
  return mask.map((value, pixel) => (value === 1 || isHole[(outside.labels[pixel] as number) - 1] ? 1 : 0));
}
