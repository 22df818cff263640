import { problem } from "@sluice/core";
import type { Frame, Problem, TableSpec } from "@sluice/proto";
import * as v from "valibot";
import type { ImageOutline } from "./image-outline.ts";
import { columnNumbers } from "./table.ts";

const needed = ["frame", "label", "y", "x"] as const;

/** A feature that a detection found. */
export interface Feature {
  readonly frame: number;
  /** Number in its frame, from 1 on. */
  readonly label: number;
  /** Place in pixels. */
  readonly y: number;
  readonly x: number;
}

/** Which detection a step builds on. */
export const featuresParameter = v.optional(
  v.pipe(
    v.string(),
    v.nonEmpty(),
    v.description("Table of the features, e.g. step_3_feature_detection; that of the last detection unless given."),
  ),
);

/** Names of the steps that find features. */
const detections = /_(feature_detection|log_blob_detection)$/;

/** The table of the features, or what speaks against it. */
export function featuresTable({ header }: ImageOutline, name: string | undefined): TableSpec | Problem {
  const tables = header.tables.filter(({ columns }) =>
    needed.every((wanted) => columns.some((column) => column.name === wanted && isNumber(column.dataType))),
  );
  const last = tables.findLast((table) => detections.test(table.name));
  const found = name === undefined ? last : tables.find((table) => table.name === name);
  if (found) return found;
  return problem({
    reason: "FEATURES_MISSING",
    message: "The step builds on features that were detected, and there are none.",
    field: name === undefined ? "" : "features",
    got: name === undefined ? "no detection" : JSON.stringify(name),
    allowed: tables.map((table) => table.name),
    remedy: "Put a detection before it: --step afm.feature_detection or --step afm.log_blob_detection.",
  });
}

function isNumber(dataType: string): boolean {
  return dataType !== "string" && dataType !== "bool" && !dataType.startsWith("complex");
}

/** The features in a frame of a stream; none when it holds no rows of that table. */
export function featuresIn({ content }: Frame, table: TableSpec): Feature[] {
  if (content?.$case !== "batch" || content.value.tableId !== table.tableId) return [];
  const [frames, labels, ys, xs] = needed.map((name) => columnNumbers(table, content.value, name)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return Array.from(frames, (frame, row) => ({
    frame,
    label: labels[row] as number,
    y: ys[row] as number,
    x: xs[row] as number,
  }));
}
