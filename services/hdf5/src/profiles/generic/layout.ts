/**
 * Names of the generic layout, version 1; docs/formats/hdf5.md describes it. Whoever changes what a name means, or
 * leaves something out that a reader relies on, raises the version.
 */
export const layoutName = "sluice.generic";
export const layoutVersion = 1;

/** Attributes of the root group. */
export const rootAttributes = {
  layout: "sluice_layout",
  version: "sluice_layout_version",
  /** JSON of the dataset without its records, metadata and steps. */
  dataset: "sluice_dataset",
} as const;

/** JSON of an array's or a table's spec, on its dataset or group. */
export const specAttribute = "sluice_spec";

/** Name in the stream, where the path inside the file is another. */
export const nameAttribute = "sluice_name";

/** Groups of the file. */
export const groups = {
  arrays: "arrays",
  tables: "tables",
  /** Masks of the columns of tables: true where there is no value. */
  nulls: "nulls",
  records: "records",
  metadata: "metadata",
} as const;

/** One JSON text for each step, oldest first. */
export const stepsPath = "provenance/steps";

/** Parts of a ragged array: row i is values[offsets[i]:offsets[i + 1]]. */
export const raggedParts = { values: "values", offsets: "offsets" } as const;
