import { blackIndex, whiteIndex } from "./palette.ts";

/** A frame of palette indices, row by row. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** A drawing in black, greys and white, 0 where the frame shines through. */
export interface Stamp {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Lays a stamp on a canvas, its upper left pixel at x, y; what lies outside is left out. */
export function lay(canvas: Canvas, stamp: Stamp, x: number, y: number): void {
  for (let row = Math.max(0, -y); row < Math.min(stamp.height, canvas.height - y); row++) {
    for (let column = Math.max(0, -x); column < Math.min(stamp.width, canvas.width - x); column++) {
      const index = stamp.pixels[row * stamp.width + column] as number;
      if (index !== 0) canvas.pixels[(y + row) * canvas.width + x + column] = index;
    }
  }
}

/** White where a share is 1, grey where it is less, with black within `radius` pixels around; larger by that on each side. */
export function withHalo(drawing: { shares: Float32Array; width: number; height: number }, radius: number): Stamp {
  const reach = Math.ceil(radius);
  const width = drawing.width + 2 * reach;
  const height = drawing.height + 2 * reach;
  const pixels = new Uint8Array(width * height);
  for (const [index, share] of drawing.shares.entries()) {
    if (share < leastShare) continue;
    const x = (index % drawing.width) + reach;
    const y = Math.floor(index / drawing.width) + reach;
    // A pixel that is covered in part has a smaller halo, so that round letters have a round one.
    const near = radius - 1 + Math.min(1, 2 * share);
    for (let row = y - reach; row <= y + reach; row++) {
      for (let column = x - reach; column <= x + reach; column++) {
        const place = row * width + column;
        if (Math.hypot(row - y, column - x) <= near) pixels[place] = Math.max(pixels[place] as number, blackIndex);
      }
    }
    // A little brighter, because thin strokes between two pixels would be grey throughout.
    pixels[y * width + x] = blackIndex + Math.round((whiteIndex - blackIndex) * Math.min(1, 1.2 * share));
  }
  return { width, height, pixels };
}

/** Less than this is not drawn. */
const leastShare = 1 / 8;
