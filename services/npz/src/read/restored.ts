import { checkHeader, type DatasetHeader, isError, shapesEqual } from "@sluice/core";
import type { ArraySpec, TableSpec } from "@sluice/proto";
import { offsetsKey, recordKey, validKey } from "../keys.ts";
import { parseRecord } from "../record.ts";
import type { Archive, NpyMember } from "./archive.ts";
import { denseFrames, raggedFrames } from "./array-frames.ts";
import type { FileModel, FrameSource } from "./model.ts";
import { scalarText } from "./scalars.ts";
import { type ColumnMembers, columnFrames } from "./table-frames.ts";

type Members = ReadonlyMap<string, NpyMember>;

/** A stream as our exporter wrote it, and the keys that it takes up. */
export interface Restored extends FileModel {
  readonly keys: ReadonlySet<string>;
}

/**
 * The stream that a file was made of, as its record says; undefined when it has none, or when the arrays are no longer
 * those that the record speaks of.
 */
export async function restoredModel(archive: Archive, members: Members): Promise<Restored | undefined> {
  const member = members.get(recordKey);
  const text = member && (await scalarText(archive, member));
  const record = text === undefined ? undefined : parseRecord(text);
  if (!record) return undefined;
  const keys = new Set<string>([recordKey]);
  // Tables and spikes are looked at before a byte is written; values of coordinates come before what they belong to.
  const tables: FrameSource[] = [];
  const ragged: FrameSource[] = [];
  const flat: FrameSource[] = [];
  const deep: FrameSource[] = [];
  for (const { key, spec } of record.arrays) {
    const source = spec.ragged ? raggedSource(members, key, spec, keys) : denseSource(members, key, spec, keys);
    if (!source) return undefined;
    if (spec.ragged) ragged.push(source);
    else (spec.axes.length === 1 ? flat : deep).push(source);
  }
  for (const table of record.tables) {
    const columns = columnsOf(members, table.keys, table.spec, keys);
    if (!columns) return undefined;
    tables.push((file) => columnFrames(file, table.spec, columns));
  }
  const header: DatasetHeader = {
    dataset: record.dataset,
    arrays: record.arrays.map(({ spec }) => spec),
    tables: record.tables.map(({ spec }) => spec),
  };
  return checkHeader(header).some(isError)
    ? undefined
    : { header, sources: [...tables, ...ragged, ...flat, ...deep], keys };
}

function denseSource(members: Members, key: string, spec: ArraySpec, keys: Set<string>): FrameSource | undefined {
  const member = members.get(key);
  keys.add(key);
  const shape = spec.axes.map(({ size }) => size ?? -1);
  if (!member || !isOf(member, spec.dataType) || !shapesEqual(member.header.shape, shape)) return undefined;
  return (archive) => denseFrames(archive, spec, member);
}

function raggedSource(members: Members, key: string, spec: ArraySpec, keys: Set<string>): FrameSource | undefined {
  const values = members.get(key);
  const offsets = members.get(offsetsKey(key));
  keys.add(key).add(offsetsKey(key));
  if (!values || !offsets || !isOf(values, spec.dataType) || !isOf(offsets, "int64")) return undefined;
  if (values.header.shape.length !== 1 || offsets.header.shape[0] !== (spec.axes[0]?.size ?? -2) + 1) return undefined;
  return (archive) => raggedFrames(archive, spec, values, offsets);
}

function columnsOf(
  members: Members,
  columnKeys: readonly string[],
  { columns, rows }: TableSpec,
  keys: Set<string>,
): ColumnMembers[] | undefined {
  if (columnKeys.length !== columns.length) return undefined;
  const found: ColumnMembers[] = [];
  for (const [index, { dataType, nullable }] of columns.entries()) {
    const key = columnKeys[index] as string;
    keys.add(key);
    const values = members.get(key);
    if (!values || !isOf(values, dataType) || !shapesEqual(values.header.shape, [rows ?? -1])) return undefined;
    const valid = nullable ? members.get(validKey(key)) : undefined;
    if (nullable) keys.add(validKey(key));
    if (nullable && !(valid && isOf(valid, "bool") && shapesEqual(valid.header.shape, [rows ?? -1]))) return undefined;
    found.push({ values, valid });
  }
  return found;
}

function isOf({ header: { type } }: NpyMember, dataType: string): boolean {
  return dataType === "string" ? type.kind === "text" : type.kind === "number" && type.dataType === dataType;
}
