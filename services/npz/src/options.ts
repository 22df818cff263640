import * as v from "valibot";

/** Options of the exporter. */
export const optionSchema = v.strictObject({
  profile: v.optional(
    v.pipe(
      v.picklist(["auto", "generic", "playnano"]),
      v.description(
        "Keys of the arrays. generic: their paths in the dataset. playnano: those that playNano loads. auto: playnano " +
          "for a movie of an atomic force microscope that it can load, else generic.",
      ),
    ),
    "auto",
  ),
  compressed: v.optional(
    v.pipe(
      v.union([v.boolean(), v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9))]),
      v.description(
        "true: deflate fits itself to the data. false: stored, fast, and ready to be mapped to memory. 1 to 9: this " +
          "deflate level.",
      ),
    ),
    true,
  ),
});

export type NpzOptions = v.InferOutput<typeof optionSchema>;
