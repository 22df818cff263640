import type { PlaneSize } from "../image/plane.ts";
import type { Components, Region } from "./components.ts";
import { mirrored } from "./gaussian.ts";

/** Places of a disk's pixels about its middle. */
export function diskOffsets(radius: number): readonly (readonly [y: number, x: number])[] {
  const offsets: (readonly [number, number])[] = [];
  for (let y = -radius; y <= radius; y++) {
    for (let x = -radius; x <= radius; x++) if (y * y + x * x <= radius * radius) offsets.push([y, x]);
  }
  return offsets;
}

/**
 * Opens one part of a mask with a disk: erosion, then dilation, the frame mirrored at its edges, as
 * skimage.morphology.opening. Gives the pixels that are left.
 */
export function openedPart(
  { labels }: Components,
  part: Region,
  { height, width }: PlaneSize,
  disk: readonly (readonly [number, number])[],
): Uint8Array {
  const eroded = new Uint8Array(labels.length);
  const pixelAt = (y: number, x: number) => mirrored(y, height) * width + mirrored(x, width);
  for (let y = part.top; y < part.bottom; y++) {
    for (let x = part.left; x < part.right; x++) {
      if (labels[y * width + x] !== part.label) continue;
      if (disk.every(([dy, dx]) => labels[pixelAt(y + dy, x + dx)] === part.label)) eroded[y * width + x] = 1;
    }
  }
  const opened = new Uint8Array(labels.length);
  for (let y = part.top; y < part.bottom; y++) {
    for (let x = part.left; x < part.right; x++) {
      if (disk.some(([dy, dx]) => eroded[pixelAt(y + dy, x + dx)] === 1)) opened[y * width + x] = 1;
    }
  }
  return opened;
}
