import type { Axis } from "@sluice/proto";
import { frameChunkShape } from "./frame-chunks.ts";
import type { ImageFrame, ImageItem } from "./image-item.ts";
import { type ImageOutline, withArrayReplaced } from "./image-outline.ts";
import type { PlaneSize } from "./plane.ts";

/** A rectangle of pixels; it may reach beyond the frame it is cut from. */
export interface Window extends PlaneSize {
  readonly top: number;
  readonly left: number;
}

/** The image with frames of that window: the origins of its axes tell where it lies in the frame it is cut from. */
export function withWindow(outline: ImageOutline, { top, left, height, width }: Window): ImageOutline {
  const [time, y, x] = outline.image.axes as [Axis, Axis, Axis];
  const axes = [time, moved(y, top, height), moved(x, left, width)];
  const image = { ...outline.image, axes, chunkShape: frameChunkShape({ ...outline.image, axes }) };
  const header = withArrayReplaced(outline.header, image.arrayId, image);
  return { ...outline, header, image, height, width };
}

function moved(axis: Axis, first: number, size: number): Axis {
  return { ...axis, size, origin: axis.origin + first * (axis.scale ?? 1), labels: [] };
}

/** The part of a frame that lies in a window. Pixels beyond the frame are NaN, and not masked. */
export function windowOf({ data, mask }: Pick<ImageFrame, "data" | "mask">, size: PlaneSize, window: Window) {
  return {
    data: cut(data, new Float64Array(window.height * window.width).fill(Number.NaN), size, window),
    mask: mask && cut(mask, new Uint8Array(window.height * window.width), size, window),
  };
}

/** Each image frame cut to the window of its index. */
export async function* windowed(
  items: AsyncIterable<ImageItem>,
  size: PlaneSize,
  windowAt: (index: number) => Window,
): AsyncGenerator<ImageItem> {
  for await (const item of items) {
    if (item.kind === "other") yield item;
    else yield { ...item, ...windowOf(item, size, windowAt(item.index)) };
  }
}

function cut<Values extends Float64Array | Uint8Array>(
  source: Values,
  target: Values,
  size: PlaneSize,
  { top, left, height, width }: Window,
): Values {
  const first = Math.max(0, left);
  const last = Math.min(size.width, left + width);
  if (first >= last) return target;
  for (let y = Math.max(0, top); y < Math.min(size.height, top + height); y++) {
    const row = source.subarray(y * size.width + first, y * size.width + last);
    target.set(row, (y - top) * width + first - left);
  }
  return target;
}
