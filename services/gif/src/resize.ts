import { nanIndex } from "./palette.ts";

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Resizes a frame of palette indices: bicubic between color steps, as sharp does it. NaN stays NaN where it is the
 * nearest pixel and does not bleed into its neighbors.
 *
 * @param smooth false: the nearest pixel, for masks
 */
export async function resize(
  pixels: Uint8Array,
  from: Size,
  to: Size,
  smooth: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!smooth) return sharpResize(pixels, from, to, "nearest");
  if (!pixels.includes(nanIndex)) return clamped(await sharpResize(pixels, from, to, "cubic"));
  const [steps, nearest] = await Promise.all([
    sharpResize(withoutNan(pixels), from, to, "cubic"),
    sharpResize(pixels, from, to, "nearest"),
  ]);
  const result = clamped(steps);
  for (const [index, value] of nearest.entries()) if (value === nanIndex) result[index] = nanIndex;
  return result;
}

async function sharpResize(
  pixels: Uint8Array,
  from: Size,
  { width, height }: Size,
  kernel: "cubic" | "nearest",
): Promise<Uint8Array<ArrayBuffer>> {
  // Loaded when it is needed: a movie in its own size does without.
  const { default: sharp } = await import("sharp");
  // sharp reads no shared memory.
  const image = sharp(pixels.slice(), { raw: { width: from.width, height: from.height, channels: 1 } });
  const { data } = await image
    .resize({ width, height, fit: "fill", kernel, fastShrinkOnLoad: false })
    .toColorspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return new Uint8Array(data);
}

/** Bicubic interpolation goes beyond its values at edges, and must not reach the indices of other colors. */
function clamped(pixels: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  for (let index = 0; index < pixels.length; index++) {
    if ((pixels[index] as number) >= nanIndex) pixels[index] = nanIndex - 1;
  }
  return pixels;
}

/** Each NaN as the last number before it. */
function withoutNan(pixels: Uint8Array): Uint8Array {
  const filled = pixels.slice();
  let last = filled.find((value) => value !== nanIndex) ?? 0;
  for (const [index, value] of filled.entries()) {
    if (value === nanIndex) filled[index] = last;
    else last = value;
  }
  return filled;
}
