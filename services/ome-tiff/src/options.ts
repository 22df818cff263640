import { castTargets } from "@sluice/core";
import * as v from "valibot";

/** Options of the exporter. */
export const optionSchema = v.strictObject({
  image: v.optional(
    v.pipe(v.string(), v.description("Array to export instead of the first image stack's, such as a layer or a mask.")),
  ),
  compression: v.optional(
    v.pipe(
      v.picklist(["deflate", "none", "small", "zstd"]),
      v.description(
        "deflate: every reader, plain ImageJ included. none: fastest. small: deflate with horizontal differences for " +
          "integers, which plain ImageJ shows wrong. zstd: needs Node 22.15 and readers with zstd.",
      ),
    ),
    "deflate",
  ),
  level: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(9),
      v.description("Compression level; without it deflate fits itself to the data."),
    ),
  ),
  bigTiff: v.optional(
    v.pipe(
      v.union([v.literal("auto"), v.boolean()]),
      v.description("auto: classic TIFF up to 4 GiB, BigTIFF beyond. false: an error beyond 4 GiB."),
    ),
    "auto",
  ),
  tileSize: v.optional(
    v.pipe(
      v.union([
        v.literal("auto"),
        v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(16_384), v.multipleOf(16)),
      ]),
      v.description("Edge of a tile in pixels, a multiple of 16; 0: strips; auto: 512 beyond 4096 pixels."),
    ),
    "auto",
  ),
  pyramid: v.optional(
    v.pipe(
      v.union([v.literal("auto"), v.boolean(), v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(16))]),
      v.description("Reduced levels as SubIFDs: their number, true: down to one tile, auto: beyond 4096 pixels."),
    ),
    "auto",
  ),
  castTo: v.optional(
    v.pipe(v.picklist(castTargets), v.description("Data type to convert the pixels to; the losses tell the error.")),
  ),
});

export type OmeTiffOptions = v.InferOutput<typeof optionSchema>;
