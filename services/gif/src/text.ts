import { type Stamp, withHalo } from "./canvas.ts";
import { capitalHeight, descent, glyphOutlines, unitsPerEm } from "./glyph-outlines.ts";
import { rasterize } from "./glyph-raster.ts";

/** Characters that texts may have. */
export const drawable: ReadonlySet<string> = new Set(glyphOutlines.map(([character]) => character));

const outlines = new Map(glyphOutlines.map(([character, advance, outline]) => [character, { advance, outline }]));

interface Glyph {
  readonly advance: number;
  /** With its halo; the pen stands `penX`, `penY` from its upper left pixel. */
  readonly stamp: Stamp;
  readonly penX: number;
  readonly penY: number;
}

/** A text with its halo; the pen starts `penX`, `penY` from its upper left pixel. */
export interface Label extends Stamp {
  readonly penX: number;
  readonly penY: number;
}

/** DejaVu Sans Bold at one size, white with a black halo. Glyphs are drawn once and stand on whole pixels. */
export class Font {
  /** Pixels per em. */
  readonly size: number;
  /** Pixels from the base line to the top of a capital letter. */
  readonly capitalHeight: number;
  readonly #halo: number;
  readonly #glyphs = new Map<string, Glyph>();

  constructor(size: number) {
    this.size = size;
    this.#halo = haloOf(size);
    this.capitalHeight = Math.round((capitalHeight * size) / unitsPerEm);
  }

  /** Pixels from the pen's start to its end. */
  widthOf(text: string): number {
    return [...text].reduce((sum, character) => sum + this.#glyph(character).advance, 0);
  }

  draw(text: string): Label {
    const margin = Math.ceil(this.#halo) + 1;
    const penY = Math.ceil(this.size) + margin;
    const width = this.widthOf(text) + 2 * margin;
    const height = penY + Math.ceil((descent * this.size) / unitsPerEm) + margin;
    const pixels = new Uint8Array(width * height);
    let pen = margin;
    for (const character of text) {
      const glyph = this.#glyph(character);
      layGlyph({ width, height, pixels }, glyph, pen - glyph.penX, penY - glyph.penY);
      pen += glyph.advance;
    }
    return { width, height, pixels, penX: margin, penY };
  }

  #glyph(character: string): Glyph {
    const known = this.#glyphs.get(character);
    if (known) return known;
    const { advance, outline } = outlines.get(character) ?? { advance: 0, outline: "" };
    const scale = this.size / unitsPerEm;
    const { left, top, width, height, shares } = rasterize(outline, scale);
    const margin = Math.ceil(this.#halo);
    const stamp = withHalo({ shares, width, height }, this.#halo);
    const glyph = { stamp, advance: Math.round(advance * scale), penX: margin - left, penY: margin - top };
    this.#glyphs.set(character, glyph);
    return glyph;
  }
}

/** Radius of the halo around letters of a size, pixels. */
export function haloOf(size: number): number {
  return Math.max(1, size / 14);
}

/** The brighter wins, so that no halo covers the letter beside it. */
function layGlyph(label: Stamp, { stamp }: Glyph, x: number, y: number): void {
  for (let row = Math.max(0, -y); row < Math.min(stamp.height, label.height - y); row++) {
    for (let column = Math.max(0, -x); column < Math.min(stamp.width, label.width - x); column++) {
      const place = (y + row) * label.width + x + column;
      label.pixels[place] = Math.max(label.pixels[place] as number, stamp.pixels[row * stamp.width + column] as number);
    }
  }
}
