import * as v from "valibot";

/** Options of the loader. */
export const loadOptionSchema = v.strictObject({
  series: v.optional(
    v.pipe(
      v.string(),
      v.nonEmpty(),
      v.description("Path of the ElectricalSeries that is read as raw traces; without it the first of /acquisition."),
    ),
  ),
  rawTraces: v.optional(v.pipe(v.boolean(), v.description("Read raw traces.")), true),
  lengthMs: v.optional(
    v.pipe(v.number(), v.finite(), v.minValue(0), v.description("Length of the recording, whatever the file says.")),
  ),
  startTimeMs: v.optional(
    v.pipe(v.number(), v.finite(), v.description("Start of the recording, whatever the file says.")),
  ),
});

export type LoadOptions = v.InferOutput<typeof loadOptionSchema>;
