import { imageAxesSchema } from "@sluice/core";
import * as v from "valibot";

/** Options of the loader. */
export const loadOptions = v.strictObject({
  profile: v.pipe(
    v.optional(v.picklist(["auto", "playnano", "spikelab", "generic"]), "auto"),
    v.description(
      "auto: what the file says of itself. playnano: a bundle. spikelab: units as SpikeLab's sorter writes them. " +
        "generic: the arrays, whatever else is said.",
    ),
  ),
  keys: v.optional(
    v.pipe(v.string(), v.description("Keys to read, between commas; all by default. Read as with profile generic.")),
  ),
  axes: v.optional(
    v.pipe(imageAxesSchema, v.description('Axes of the image in a file that does not name them, e.g. "tyx".')),
  ),
  lengthMs: v.optional(
    v.pipe(
      v.number(),
      v.finite(),
      v.minValue(0),
      v.description("Length of a recording of SpikeLab's sorter; by default up to the last spike."),
    ),
  ),
  image: v.optional(
    v.pipe(v.string(), v.description("Key of the image; by default the first array with as many axes as given.")),
  ),
});

export type LoadOptions = v.InferOutput<typeof loadOptions>;
