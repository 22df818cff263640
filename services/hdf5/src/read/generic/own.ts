import { Code, checkHeader, type DatasetHeader, isDataType, isError, SluiceError, shapesEqual } from "@sluice/core";
import { type Hdf5Dataset, type Hdf5File, type Hdf5Group, storedTypeName } from "@sluice/hdf5";
import { ArraySpec, DatasetSpec, ProvenanceStep, TableSpec } from "@sluice/proto";
import {
  groups,
  layoutName,
  layoutVersion,
  nameAttribute,
  raggedParts,
  rootAttributes,
  specAttribute,
  stepsPath,
} from "../../profiles/generic/layout.ts";
import { linkName } from "../../profiles/generic/object-path.ts";
import type { ArrayPart, Part, RaggedPart, TablePart } from "./part.ts";
import { plainArray } from "./plain-array.ts";

/** What a file of our own layout holds. */
export interface OwnFile {
  readonly header: DatasetHeader;
  readonly parts: readonly Part[];
}

/** True for a file of the generic layout, of any version. */
export async function isOwn(file: Hdf5File): Promise<boolean> {
  return (await file.attributes()).get(rootAttributes.layout) === layoutName;
}

/**
 * Reads the header back as it was written. What other software has changed since is not believed: an array whose type
 * or shape is another is read as a plain dataset.
 */
export async function readOwn(file: Hdf5File): Promise<OwnFile> {
  const attributes = await file.attributes();
  const version = attributes.get(rootAttributes.version);
  if (version !== layoutVersion) throw newer(String(version));
  const dataset = decoded(DatasetSpec, attributes.get(rootAttributes.dataset), `/@${rootAttributes.dataset}`);
  if (dataset.records) dataset.records = await readTexts(file, groups.records);
  if (dataset.metadata) dataset.metadata = await readTexts(file, groups.metadata);
  if (dataset.provenance && (await file.has(stepsPath))) {
    const steps = await (await file.dataset(stepsPath)).readText();
    dataset.provenance.steps = steps.map((step) => decoded(ProvenanceStep, step, stepsPath));
  }
  const arrays = (await file.has(groups.arrays)) ? await arrayParts(await file.group(groups.arrays)) : [];
  const tables = (await file.has(groups.tables)) ? await tableParts(file, await file.group(groups.tables)) : [];
  arrays.sort((a, b) => a.array.arrayId - b.array.arrayId);
  tables.sort((a, b) => a.table.tableId - b.table.tableId);
  const header = { dataset, arrays: arrays.map(({ array }) => array), tables: tables.map(({ table }) => table) };
  const fault = checkHeader(header).find(isError);
  if (fault) throw new SluiceError(fault);
  return { header, parts: [...arrays, ...tables] };
}

async function arrayParts(group: Hdf5Group, above: readonly number[] = []): Promise<(ArrayPart | RaggedPart)[]> {
  const parts: (ArrayPart | RaggedPart)[] = [];
  const line = await lineOf(group, above);
  for (const { name, kind } of await group.children()) {
    if (kind === "dataset") {
      const dataset = await group.dataset(name);
      const array = knownArray(dataset, await specOf(ArraySpec, dataset));
      if (array) parts.push({ kind: "array", array, path: dataset.path });
    } else if (kind === "group") {
      const inner = await group.group(name);
      const spec = await specOf(ArraySpec, inner);
      if (spec === undefined) parts.push(...(await arrayParts(inner, line)));
      else parts.push(await raggedPart(inner, spec));
    }
  }
  return parts;
}

/** The array as it was written, as long as the dataset still is one of its kind. */
function knownArray({ shape, dataType }: Hdf5Dataset, spec: ArraySpec | undefined): ArraySpec | undefined {
  if (!spec || !shape || dataType === undefined) return undefined;
  const rest = spec.axes.slice(1).map(({ size }) => size ?? 0);
  const fits = spec.dataType === dataType && shape.length === spec.axes.length && shapesEqual(rest, shape.slice(1));
  return fits ? ofLength(spec, shape[0] as number) : plainArray(spec.arrayId, spec.name, dataType, shape);
}

async function raggedPart(group: Hdf5Group, spec: ArraySpec): Promise<RaggedPart> {
  const [values, offsets] = [await group.dataset(raggedParts.values), await group.dataset(raggedParts.offsets)];
  requireColumn(values, spec.dataType);
  requireColumn(offsets, "uint64");
  const rows = Math.max(0, (offsets.shape?.[0] ?? 0) - 1);
  return { kind: "ragged", array: ofLength(spec, rows), values: values.path, offsets: offsets.path };
}

/** Labels of what never came are left out. */
function ofLength(spec: ArraySpec, length: number): ArraySpec {
  const axes = spec.axes.map((axis, index) =>
    index === 0 ? { ...axis, size: length, labels: axis.labels.slice(0, length) } : axis,
  );
  return { ...spec, axes };
}

async function tableParts(file: Hdf5File, group: Hdf5Group, above: readonly number[] = []): Promise<TablePart[]> {
  const parts: TablePart[] = [];
  const line = await lineOf(group, above);
  for (const { name, kind } of await group.children()) {
    if (kind !== "group") continue;
    const inner = await group.group(name);
    const spec = await specOf(TableSpec, inner);
    if (spec === undefined) parts.push(...(await tableParts(file, inner, line)));
    else parts.push(await tablePart(file, inner, spec));
  }
  return parts;
}

/** Addresses of a group and of those that it is in; a group that holds itself has no end. */
async function lineOf(group: Hdf5Group, above: readonly number[]): Promise<readonly number[]> {
  const address = await group.address();
  if (above.includes(address)) throw invalid("A group of the file holds itself.", group.path, group.path);
  return [...above, address];
}

async function tablePart(file: Hdf5File, group: Hdf5Group, spec: TableSpec): Promise<TablePart> {
  const masks = `/${groups.nulls}${group.path.slice(groups.tables.length + 1)}`;
  const columns = spec.columns.map(({ name, nullable }) => ({
    path: `${group.path}/${linkName(name)}`,
    nulls: nullable ? `${masks}/${linkName(name)}` : undefined,
  }));
  const lengths = await Promise.all(
    columns.flatMap(({ path, nulls }, index) => [
      rowsOf(file, path, spec.columns[index]?.dataType ?? ""),
      ...(nulls === undefined ? [] : [rowsOf(file, nulls, "bool")]),
    ]),
  );
  // The columns of a file that was left at a checkpoint may differ.
  const rows = lengths.length > 0 ? Math.min(...lengths) : (spec.rows ?? 0);
  return { kind: "table", table: { ...spec, rows }, columns };
}

async function rowsOf(file: Hdf5File, path: string, dataType: string): Promise<number> {
  const dataset = await file.dataset(path);
  requireColumn(dataset, dataType);
  return dataset.shape?.[0] ?? 0;
}

/** One axis of elements of the type, text for what is no number: others would be taken for what they are not. */
function requireColumn({ path, shape, type, dataType }: Hdf5Dataset, wanted: string): void {
  if (shape?.length === 1 && dataType === (isDataType(wanted) ? wanted : undefined)) return;
  const got = `${storedTypeName(type)} [${(shape ?? []).join(", ")}]`;
  throw invalid(`A dataset of the file must hold ${wanted} along one axis.`, got, path);
}

async function readTexts(file: Hdf5File, path: string): Promise<Record<string, unknown>> {
  if (!(await file.has(path))) return {};
  const group = await file.group(path);
  const entries: [string, unknown][] = [];
  for (const { name, kind } of await group.children()) {
    if (kind !== "dataset") continue;
    const dataset = await group.dataset(name);
    const given = (await dataset.attributes()).get(nameAttribute);
    const [text = "null"] = await dataset.readText();
    const { path: place } = dataset;
    entries.push([given === undefined ? name : String(parsed(given, place)), parsed(text, place)]);
  }
  return Object.fromEntries(entries);
}

async function specOf<Spec>(type: MessageType<Spec>, object: Hdf5Dataset | Hdf5Group): Promise<Spec | undefined> {
  const text = (await object.attributes()).get(specAttribute);
  return text === undefined ? undefined : decoded(type, text, `${object.path}@${specAttribute}`);
}

interface MessageType<Message> {
  fromJSON(json: unknown): Message;
}

/** A message that the file holds as JSON. */
function decoded<Message>(type: MessageType<Message>, text: unknown, field: string): Message {
  const json = parsed(text, field);
  try {
    return type.fromJSON(json);
  } catch (cause) {
    throw invalid("A text of the file is not what this version of Sluice writes there.", text, field, cause);
  }
}

function parsed(text: unknown, field: string): unknown {
  try {
    return JSON.parse(String(text));
  } catch (cause) {
    throw invalid("A text of the file is no JSON.", text, field, cause);
  }
}

function invalid(message: string, text: unknown, field: string, cause?: unknown): SluiceError {
  return new SluiceError(
    {
      reason: "HDF5_LAYOUT_INVALID",
      message,
      field,
      got: String(text).slice(0, 80),
      remedy: "The file was changed or damaged; take another copy of it, or name one dataset by the option `dataset`.",
      grpcCode: Code.DATA_LOSS,
    },
    { cause },
  );
}

function newer(version: string): SluiceError {
  return new SluiceError({
    reason: "HDF5_LAYOUT_UNKNOWN",
    message: "The file has a version of the layout that this version of Sluice does not know.",
    field: rootAttributes.version,
    got: version,
    allowed: [String(layoutVersion)],
    remedy: "Use a newer Sluice; or name one dataset by the option `dataset`.",
  });
}
