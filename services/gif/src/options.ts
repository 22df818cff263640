import * as v from "valibot";
import { allColorMapNames } from "./color-maps.ts";
import { drawable } from "./text.ts";

/** Corners in which annotations may stand. */
export const corners = ["top-left", "top-right", "bottom-left", "bottom-right"] as const;
export type Corner = (typeof corners)[number];

/** Options of the exporter. */
export const optionSchema = v.strictObject({
  image: v.optional(
    v.pipe(v.string(), v.description("Array to show instead of the first image stack's, such as a layer or a mask.")),
  ),
  container: v.optional(
    v.pipe(
      v.picklist(["gif", "webp", "png"]),
      v.description("gif. webp: animated, lossless, times to 1 ms. png: one file for each frame, in a folder."),
    ),
    "gif",
  ),
  colorMap: v.optional(
    v.pipe(v.picklist(allColorMapNames), v.description("Color map as in matplotlib; with _r: reversed.")),
    "afmhot",
  ),
  nanColor: v.optional(
    v.pipe(v.string(), v.regex(/^#[0-9a-fA-F]{6}$/, "#rrggbb"), v.description("Color of NaN, #rrggbb.")),
    "#4fb3ff",
  ),
  range: v.optional(
    v.pipe(
      v.picklist(["percentile", "global", "frame", "fixed"]),
      v.description(
        "Values from the first color to the last. percentile: of all frames, lowPercentile to highPercentile. global: " +
          "least to greatest of all frames. frame: of each frame by itself, flickers. fixed: zMin to zMax. The first two " +
          "put the frames aside on disk, to look at them twice.",
      ),
    ),
    "percentile",
  ),
  lowPercentile: v.optional(
    v.pipe(percent(), v.description("Percentile of the finite values that gets the first color; 1 if not given.")),
  ),
  highPercentile: v.optional(
    v.pipe(percent(), v.description("Percentile of the finite values that gets the last color; 99 if not given.")),
  ),
  zMin: v.optional(v.pipe(v.number(), v.finite(), v.description("Value of the first color, for range fixed."))),
  zMax: v.optional(v.pipe(v.number(), v.finite(), v.description("Value of the last color, for range fixed."))),
  timestamp: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(64),
      v.check((text) => [...text].every((character) => drawable.has(character)), "characters of the bundled font"),
      v.check((text) => !/[{}]/.test(text.replace(/\{(t|ms|min|frame)(:[0-6])?\}/g, "")), "{t}, {ms}, {min}, {frame}"),
      v.description(
        "Text on each frame: {t} seconds, {ms}, {min}, {frame} number from 0; {t:2} with two decimals. auto: `t = {t} s`, " +
          "or `frame {frame}` where no times are known. none.",
      ),
    ),
    "auto",
  ),
  timestampCorner: v.optional(v.pipe(v.picklist(corners), v.description("Corner of the text.")), "top-left"),
  scaleBarNm: v.optional(
    v.pipe(
      v.union([v.picklist(["auto", "none"]), v.pipe(v.number(), v.finite(), v.gtValue(0))]),
      v.description(
        "Length of the scale bar in nm. auto: 1, 2 or 5 times a power of ten, about a quarter of the width.",
      ),
    ),
    "auto",
  ),
  scaleBarCorner: v.optional(v.pipe(v.picklist(corners), v.description("Corner of the scale bar.")), "bottom-left"),
  textSize: v.optional(
    v.pipe(
      v.number(),
      v.minValue(6),
      v.maxValue(256),
      v.description("Size of the letters in pixels per em; by the frame's smaller edge if not given."),
    ),
  ),
  scale: v.optional(
    v.pipe(
      v.number(),
      v.gtValue(0),
      v.maxValue(64),
      v.description("Factor by which frames are resized, bicubic; 1: pixels as they were recorded."),
    ),
  ),
  height: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.description("Height in pixels that frames are resized to, bicubic."),
    ),
  ),
  speed: v.optional(
    v.pipe(
      v.number(),
      v.gtValue(0),
      v.finite(),
      v.description("Speed of the movie: 1 is real time, 10 is ten times faster."),
    ),
    1,
  ),
  intervalSeconds: v.optional(
    v.pipe(
      v.number(),
      v.gtValue(0),
      v.finite(),
      v.description("Seconds from frame to frame, where the stream does not tell."),
    ),
    0.1,
  ),
  loop: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.maxValue(65_535),
      v.description("Times that the movie is played; 0: for ever."),
    ),
    0,
  ),
});

export type GifOptions = v.InferOutput<typeof optionSchema>;

function percent() {
  return v.pipe(v.number(), v.minValue(0), v.maxValue(100));
}
