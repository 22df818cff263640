import { type ColorMapName, colorMap, colorSteps } from "./color-maps.ts";

/** Palette index of what is no number. */
export const nanIndex = colorSteps;
/** Palette indices from black over three greys to white, in which annotations are drawn. */
export const blackIndex = 251;
export const whiteIndex = 255;

/** The 256 colors of a movie, red, green, blue in turn: the color map, the color of NaN, black to white. */
export function paletteOf(name: ColorMapName, nanColor: string): Uint8Array {
  const palette = new Uint8Array(3 * 256);
  palette.set(colorMap(name));
  palette.set(Buffer.from(nanColor.slice(1), "hex"), 3 * nanIndex);
  for (let level = 0; level <= whiteIndex - blackIndex; level++) {
    const grey = Math.round((255 * level) / (whiteIndex - blackIndex));
    palette.fill(grey, 3 * (blackIndex + level), 3 * (blackIndex + level) + 3);
  }
  return palette;
}
