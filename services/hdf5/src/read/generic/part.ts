import type { ArraySpec, TableSpec } from "@sluice/proto";

/** Where the values of one array or table of a stream stand in the file; paths are absolute. */
export type Part = ArrayPart | RaggedPart | SequencesPart | TablePart | RowsPart;

/** A dataset of numbers. */
export interface ArrayPart {
  readonly kind: "array";
  readonly array: ArraySpec;
  readonly path: string;
}

/** A ragged array as Sluice writes it: row i is values[offsets[i]:offsets[i + 1]]. */
export interface RaggedPart {
  readonly kind: "ragged";
  readonly array: ArraySpec;
  readonly values: string;
  readonly offsets: string;
}

/** A dataset whose elements are lists of numbers of any length: the rows of a ragged array. */
export interface SequencesPart {
  readonly kind: "sequences";
  readonly array: ArraySpec;
  readonly path: string;
}

/** A table with a dataset for each column, and for some a mask that is true where there is no value. */
export interface TablePart {
  readonly kind: "table";
  readonly table: TableSpec;
  readonly columns: readonly { readonly path: string; readonly nulls: string | undefined }[];
}

/** A table in one dataset of one axis: compounds, or anything that becomes text in the one column "value". */
export interface RowsPart {
  readonly kind: "rows";
  readonly table: TableSpec;
  readonly path: string;
}
