import { warning } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import { type Canvas, lay, type Stamp, withHalo } from "./canvas.ts";
import type { Corner, GifOptions } from "./options.ts";
import { type ScaleBar, scaleBarOf } from "./scale-bar.ts";
import { Font, haloOf } from "./text.ts";

/** What is drawn on frames of a size. */
export interface AnnotationPlan {
  readonly width: number;
  readonly height: number;
  /** Of a pixel of the frame; undefined: no scale bar. */
  readonly nmPerPixel: number | undefined;
  /** Text of each frame; undefined: none. */
  readonly textAt: ((index: number) => string) | undefined;
  /** Frames whose texts are as long as any. */
  readonly longestTexts: readonly number[];
}

/** Letters are a share of the frame's smaller edge high, and no smaller than can be read. */
const textShare = 0.056;
const usualLeastSize = 11;
const leastSize = 8;

/** Draws the text and the scale bar on frames. What does not fit is left out with a warning. */
export class Annotator {
  readonly bar: ScaleBar | undefined;
  readonly #plan: AnnotationPlan;
  readonly #options: GifOptions;
  readonly #font: Font;
  readonly #margin: number;
  readonly #showsText: boolean;
  readonly #showsLabel: boolean;
  readonly #showsBar: boolean;
  readonly #still: { readonly stamp: Stamp; readonly x: number; readonly y: number }[] = [];

  constructor(plan: AnnotationPlan, options: GifOptions) {
    const { width, height, nmPerPixel } = plan;
    const smaller = Math.min(width, height);
    this.#plan = plan;
    this.#options = options;
    const length = options.scaleBarNm;
    this.bar = nmPerPixel === undefined || length === "none" ? undefined : scaleBarOf(length, nmPerPixel, width);
    this.#margin = Math.max(3, Math.round(smaller * 0.03));
    this.#font = new Font(
      options.textSize ?? this.#fittingSize(Math.max(usualLeastSize, Math.round(smaller * textShare))),
    );
    this.#showsBar = this.bar !== undefined && this.#barHeight(false) + 2 <= height;
    this.#showsLabel = this.#showsBar && this.#fits(this.#font, "label");
    this.#showsText = plan.textAt !== undefined && this.#fits(this.#font, "text");
    if (this.#showsBar) this.#placeBar(this.bar as ScaleBar);
  }

  /** Draws on the frame of that index. */
  draw(canvas: Canvas, index: number): void {
    for (const { stamp, x, y } of this.#still) lay(canvas, stamp, x, y);
    if (!this.#showsText) return;
    const text = this.#plan.textAt?.(index) ?? "";
    const label = this.#font.draw(text);
    const corner = this.#options.timestampCorner;
    const x = this.#startX(corner, this.#font.widthOf(text));
    const base = isTop(corner) ? this.#margin + this.#font.capitalHeight : this.#plan.height - this.#margin;
    lay(canvas, label, x - label.penX, base - label.penY);
  }

  /** What had to be left out. */
  warnings(): Problem[] {
    const missing = [
      ...(this.#plan.textAt && !this.#showsText ? [["timestamp", this.#longestText()] as const] : []),
      ...(this.bar && !this.#showsBar ? [["scaleBarNm", `a bar of ${this.bar.lengthPixels} pixels`] as const] : []),
      ...(this.#showsBar && !this.#showsLabel ? [["scaleBarNm", this.bar?.label ?? ""] as const] : []),
    ];
    const left = missing.map(([option, got]) =>
      warning({
        reason: "ANNOTATION_OMITTED",
        message: "The frames are too small for it.",
        field: `options.${option}`,
        got,
        allowed: [`what fits ${this.#plan.width} x ${this.#plan.height} pixels`],
        remedy: "Set scale or height for larger frames, or a smaller textSize.",
      }),
    );
    if (this.bar || this.#plan.nmPerPixel === undefined || this.#options.scaleBarNm === "none") return left;
    return [
      ...left,
      warning({
        reason: "SCALE_BAR_OMITTED",
        message: "The scale bar would be shorter than a pixel.",
        field: "options.scaleBarNm",
        got: String(this.#options.scaleBarNm),
        allowed: [`at least ${this.#plan.nmPerPixel} nm`],
        remedy: "Set a longer scaleBarNm, or leave it out.",
      }),
    ];
  }

  #placeBar(bar: ScaleBar): void {
    const corner = this.#options.scaleBarCorner;
    const { height } = this.#plan;
    const halo = haloOf(this.#font.size);
    const thickness = barThickness(this.#font.size);
    const x = this.#startX(corner, bar.lengthPixels);
    const labelHeight = this.#showsLabel ? this.#barHeight(true) - thickness : 0;
    const y = isTop(corner)
      ? Math.min(this.#margin + labelHeight, height - thickness - 1)
      : Math.max(1, height - this.#margin - thickness);
    const shares = new Float32Array(bar.lengthPixels * thickness).fill(1);
    const reach = Math.ceil(halo);
    const stamp = withHalo({ shares, width: bar.lengthPixels, height: thickness }, halo);
    this.#still.push({ stamp, x: x - reach, y: y - reach });
    if (!this.#showsLabel) return;
    const label = this.#font.draw(bar.label);
    const labelWidth = this.#font.widthOf(bar.label);
    const centered = x + Math.round((bar.lengthPixels - labelWidth) / 2);
    const labelX = Math.max(this.#margin, Math.min(this.#plan.width - this.#margin - labelWidth, centered));
    const base = y - barGap(this.#font.size);
    this.#still.push({ stamp: label, x: labelX - label.penX, y: base - label.penY });
  }

  /** Left end of what is so wide, inside the margin where it fits. */
  #startX(corner: Corner, width: number): number {
    const free = this.#plan.width - width;
    const margin = Math.max(0, Math.min(this.#margin, Math.floor(free / 2)));
    return corner.endsWith("left") ? margin : free - margin;
  }

  /** The size, or the largest below it at which text and label fit, or the least. */
  #fittingSize(size: number): number {
    for (let smaller = size; smaller > leastSize; smaller--) {
      const font = new Font(smaller);
      if (this.#fits(font, "text") && this.#fits(font, "label")) return smaller;
    }
    return leastSize;
  }

  #fits(font: Font, what: "text" | "label"): boolean {
    const { width, height, textAt } = this.#plan;
    const room = width - 2 * this.#margin;
    const line = font.capitalHeight + 2 * this.#margin;
    if (what === "text") return !textAt || (font.widthOf(this.#longestText()) <= room && line <= height);
    if (!this.bar) return true;
    const barHeight = font.capitalHeight + barGap(font.size) + barThickness(font.size);
    const above = textAt ? line : this.#margin;
    return font.widthOf(this.bar.label) <= room && above + barHeight + this.#margin <= height;
  }

  #longestText(): string {
    const { textAt, longestTexts } = this.#plan;
    const texts = longestTexts.map((index) => textAt?.(index) ?? "");
    return texts.reduce((longest, text) => (text.length > longest.length ? text : longest), "");
  }

  /** Pixels from the top of the label, or of the bar, to the bottom of the bar. */
  #barHeight(withLabel: boolean): number {
    const { size, capitalHeight } = this.#font;
    return barThickness(size) + (withLabel ? capitalHeight + barGap(size) : 0);
  }
}

function barThickness(size: number): number {
  return Math.max(2, Math.round(size / 5));
}

function barGap(size: number): number {
  return Math.max(3, Math.round(size * 0.4));
}

function isTop(corner: Corner): boolean {
  return corner.startsWith("top");
}
