import { packingOptionEntries } from "@sluice/hdf5";
import * as v from "valibot";
import { schemaVersions } from "./specifications/index.ts";

/** Options of the exporter. */
export const optionSchema = v.strictObject({
  schemaVersion: v.optional(
    v.pipe(
      v.picklist(schemaVersions),
      v.description("Version of the NWB schema. 2.8.0 holds all that is written, and old readers read it."),
    ),
    "2.8.0",
  ),
  sessionStartTime: v.optional(
    v.pipe(v.string(), v.description("When the session began: ISO 8601 with its offset, 2026-11-01T09:30:00+01:00.")),
  ),
  sessionDescription: v.optional(
    v.pipe(v.string(), v.nonEmpty(), v.description("What was done in the session; the dataset's name otherwise.")),
  ),
  identifier: v.optional(
    v.pipe(v.string(), v.nonEmpty(), v.description("Identifier of the file, unique in the world; a UUID otherwise.")),
  ),
  metadata: v.optional(
    v.pipe(
      v.record(v.string(), v.unknown()),
      v.description(
        'Metadata by NWB\'s names, over those of the dataset: {"lab": "...", "subject": {"species": "Mus musculus"}}.',
      ),
    ),
    {},
  ),
  samplingRateHz: v.optional(
    v.pipe(
      v.number(),
      v.finite(),
      v.gtValue(0),
      v.description("Sampling rate of the recording, where the dataset does not say it."),
    ),
  ),
  rawTraces: v.optional(v.pipe(v.boolean(), v.description("Write the raw traces, if there are some.")), true),
  rawUnit: v.optional(
    v.pipe(
      v.picklist(["V", "mV", "uV", "nV"]),
      v.description("Unit of the raw traces and templates, where the dataset does not say it."),
    ),
  ),
  suggestions: v.optional(v.pipe(v.boolean(), v.description("Warn of what nwbinspector merely suggests, too.")), false),
  ...packingOptionEntries,
  checkpointMiB: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.description(
        "Makes the file complete on disk whenever so many MiB have come: what is left of a killed export can be read by " +
          "HDF5 up to there, without its tables. Files in directories alone; without it never.",
      ),
    ),
  ),
});

export type NwbOptions = v.InferOutput<typeof optionSchema>;
