import type { ColumnSpec, TableSpec } from "@sluice/proto";
import { frameKeysAttribute } from "./frame-metadata.ts";
import { isJsonObject } from "./json.ts";
import { rawKey } from "./keys.ts";
import { recordedAcquisition } from "./recorded-provenance.ts";
import { framesTableId, type StoredBundle } from "./stored-bundle.ts";

type Stored = Pick<StoredBundle, "data" | "timestamps" | "metadata">;

/**
 * Seconds of each frame, NaN where none is known: those of the frame metadata where it has an entry for each frame,
 * else the stored timestamps. (A raw NPZ bundle of playNano's pairs raw timestamps with edited metadata.)
 */
export function frameSeconds({ data, timestamps, metadata: { frames } }: Stored): Float64Array {
  const count = data.shape[0] as number;
  if (frames.length !== count && timestamps) return timestamps;
  return Float64Array.from({ length: count }, (_, index) => seconds(frames[index]?.["timestamp"]));
}

/**
 * Seconds of each frame of the layer `raw`, where frames were dropped since and playNano kept their metadata; undefined
 * otherwise.
 */
export function secondsBeforeEdit({ data, processed, metadata }: StoredBundle): Float64Array | undefined {
  const count = processed.get(rawKey)?.shape[0];
  const kept = metadata.stateBackups?.["frame_metadata_before_edit"];
  if (count === undefined || count === data.shape[0] || !Array.isArray(kept) || kept.length !== count) return undefined;
  const times = Float64Array.from(kept, (frame) => seconds(isJsonObject(frame) ? frame["timestamp"] : undefined));
  return hasTimes(times) ? times : undefined;
}

/** True when some time is known. */
export function hasTimes(times: Float64Array): boolean {
  return times.some(Number.isFinite);
}

/** A number of seconds, or an ISO 8601 text, which playNano takes for the time since 1970; NaN for all else. */
function seconds(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || !/^\d{4}-/.test(value)) return Number.NaN;
  return Date.parse(value) / 1000;
}

/** A column of the frames table with a value for each frame, null where there is none. */
export interface FrameColumn {
  readonly spec: ColumnSpec;
  readonly values: readonly unknown[];
}

/**
 * Columns of the frames table: the keys of the frame metadata but the times, then what Sluice kept of the frames table
 * of the acquisition, when no frame was dropped since.
 */
export function frameColumns({ data, metadata }: Stored): FrameColumn[] {
  const count = data.shape[0] as number;
  const { frames } = metadata;
  if (frames.length > count) return [];
  const names = new Set(frames.flatMap((frame) => Object.keys(frame)).filter((name) => name !== "timestamp"));
  const keys = [...names].map((name) =>
    column(
      name,
      Array.from({ length: count }, (_, index) => frames[index]?.[name]),
    ),
  );
  return [...keys, ...acquiredColumns(metadata, count).filter(({ spec }) => !names.has(spec.name))];
}

/** The table of the frames; undefined when nothing but times is known of them. */
export function framesTable(stored: Stored): TableSpec | undefined {
  const columns = frameColumns(stored).map(({ spec }) => spec);
  if (columns.length === 0) return undefined;
  const { length: acquired } = acquiredColumns(stored.metadata, stored.data.shape[0] as number);
  return {
    tableId: framesTableId,
    name: "frames",
    columns,
    rows: stored.data.shape[0],
    attributes: acquired === 0 ? { [frameKeysAttribute]: true } : undefined,
  };
}

function acquiredColumns({ provenance }: Stored["metadata"], count: number): FrameColumn[] {
  const frames = recordedAcquisition(provenance)["frames"];
  if (typeof frames !== "object" || frames === null) return [];
  return Object.entries(frames).flatMap(([name, values]) =>
    Array.isArray(values) && values.length === count ? [column(name, values)] : [],
  );
}

function column(name: string, values: readonly unknown[]): FrameColumn {
  const known = values.filter((value) => value !== undefined && value !== null);
  const dataType = known.every((value) => typeof value === "number")
    ? "float64"
    : known.every((value) => typeof value === "boolean")
      ? "bool"
      : "string";
  return {
    spec: { name, dataType, unit: unitOf(name), nullable: known.length < values.length, description: "" },
    values,
  };
}

/** Names of playNano end in their unit. */
function unitOf(name: string): string {
  if (name === "line_rate") return "Hz";
  return /_(nm|ms|s)$/.exec(name)?.[1] ?? "";
}
