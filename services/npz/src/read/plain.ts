import { type DatasetHeader, imageAxisType } from "@sluice/core";
import { type NpyField, type NpyType, unreadable } from "@sluice/npy";
import { ArraySpec, Axis, DatasetSpec, TableSpec } from "@sluice/proto";
import type { Archive, NpyMember } from "./archive.ts";
import { denseFrames } from "./array-frames.ts";
import type { FileModel, FrameSource } from "./model.ts";
import { isScalar, scalarValue } from "./scalars.ts";
import { columnFrames, rowFrames } from "./table-frames.ts";

/** What a user says of arrays that say nothing of themselves. */
export interface Naming {
  /** Letters of the axes of the image, e.g. "tyx". */
  readonly axes?: string | undefined;
  /** Key of the image; by default the first array with as many axes. */
  readonly image?: string | undefined;
}

/**
 * The arrays of a file as they are: numbers of one axis or more become arrays, texts and rows become tables, single
 * values become records.
 *
 * @param before what the file holds besides; ids go on behind it
 * @throws SluiceError PICKLED_MEMBER, NPY_SHAPE_UNSUPPORTED, IMAGE_MISSING
 */
export async function plainModel(
  archive: Archive,
  members: readonly NpyMember[],
  before: FileModel,
  naming: Naming = {},
): Promise<FileModel> {
  const arrays: ArraySpec[] = [];
  const tables: TableSpec[] = [];
  const records: Record<string, unknown> = {};
  const sources: FrameSource[] = [];
  const image = imageKeyOf(members, naming);
  for (const member of members) {
    const { key, header } = member;
    const { type } = header;
    if (type.kind === "object") throw pickled(key);
    if (isScalar(member) && type.kind !== "rows") {
      records[key] = await scalarValue(archive, member);
    } else if (type.kind === "number") {
      requireArray(member);
      const id = before.header.arrays.length + arrays.length + 1;
      const spec = arraySpec(member, type, id, key === image ? naming.axes : undefined);
      arrays.push(spec);
      sources.push((file) => denseFrames(file, spec, member));
    } else {
      requireRows(member);
      const fields = type.kind === "rows" ? type.fields : [{ name: "value", offset: 0, type }];
      const spec = tableSpec(member, fields, before.header.tables.length + tables.length + 1);
      tables.push(spec);
      sources.push((file) =>
        type.kind === "rows"
          ? rowFrames(file, spec, member, type.fields)
          : columnFrames(file, spec, [{ values: member, valid: undefined }]),
      );
    }
  }
  return {
    header: withParts(before.header, { arrays, tables, records, image }),
    sources: [...before.sources, ...sources],
  };
}

/** A dataset without anything, of a file of that name. */
export function emptyModel(name: string, source: string): FileModel {
  const dataset = DatasetSpec.fromPartial({ name, provenance: { source } });
  return { header: { dataset, arrays: [], tables: [] }, sources: [] };
}

/** The member cannot be read without running what it says. @param holds what it holds that no array does */
export function pickled(key: string, holds?: string): Error {
  return unreadable("PICKLED_MEMBER", key, "The array holds pickled Python objects, which are programs.", {
    got: holds === undefined ? "dtype object" : `dtype object, ${holds}`,
    allowed: ["arrays of numbers, texts, dates and rows of these"],
    remedy:
      "Save it as numbers or as text (numpy.array(value, dtype=str)), or name the keys to read by the option keys.",
  });
}

function withParts(
  header: DatasetHeader,
  parts: { arrays: ArraySpec[]; tables: TableSpec[]; records: Record<string, unknown>; image: string | undefined },
): DatasetHeader {
  const { dataset } = header;
  const { arrays, tables, records, image } = parts;
  const hasRecords = Object.keys(records).length > 0;
  const stack =
    image === undefined ? [] : DatasetSpec.fromPartial({ imageStacks: [{ imageArray: image }] }).imageStacks;
  return {
    dataset: {
      ...dataset,
      imageStacks: [...dataset.imageStacks, ...stack],
      records: hasRecords ? { ...dataset.records, ...records } : dataset.records,
    },
    arrays: [...header.arrays, ...arrays],
    tables: [...header.tables, ...tables],
  };
}

function arraySpec(
  { key, header: { shape } }: NpyMember,
  type: Extract<NpyType, { kind: "number" }>,
  arrayId: number,
  letters: string | undefined,
): ArraySpec {
  const axes = shape.map((size, index) => {
    const name = letters?.[index] ?? `dim_${index}`;
    return Axis.fromPartial({ name, size, type: imageAxisType(name) });
  });
  const attributes = type.descr === "" ? undefined : { numpy: type.descr };
  return ArraySpec.fromPartial({ arrayId, name: key, dataType: type.dataType, axes, unit: type.unit, attributes });
}

function tableSpec({ key, header: { shape } }: NpyMember, fields: readonly NpyField[], tableId: number): TableSpec {
  const columns = fields.map(({ name, type }) => ({
    name,
    dataType: type.kind === "number" ? type.dataType : "string",
    unit: type.kind === "number" ? type.unit : "",
  }));
  return TableSpec.fromPartial({ tableId, name: key, columns, rows: shape[0] ?? 1 });
}

/** Key of the array that the user calls an image. */
function imageKeyOf(members: readonly NpyMember[], { axes, image }: Naming): string | undefined {
  if (axes === undefined) return undefined;
  const fitting = members.filter(
    ({ key, header: { type, shape } }) =>
      type.kind === "number" && shape.length === axes.length && (image === undefined || key === image),
  );
  const [first] = fitting;
  if (first) return first.key;
  throw unreadable("IMAGE_MISSING", "options.axes", "No array has the axes that the option gives the image.", {
    got: members.map(({ key, header: { shape } }) => `${key} [${shape.join(", ")}]`).join("; "),
    allowed: [`${image ?? "an array"} with ${axes.length} axes, named among t, c, z, y, x`],
    remedy: "Correct the options axes and image.",
  });
}

function requireArray({ key, header: { shape } }: NpyMember): void {
  if (shape.slice(1).every((size) => size > 0)) return;
  throw unreadable("NPY_SHAPE_UNSUPPORTED", key, "The array has frames without elements.", {
    got: `[${shape.join(", ")}]`,
    allowed: ["lengths > 0 on all axes but the first"],
    remedy: "Name the keys to read by the option keys.",
  });
}

function requireRows({ key, header: { shape, type } }: NpyMember): void {
  if (shape.length === 1 || (shape.length === 0 && type.kind === "rows")) return;
  throw unreadable("NPY_SHAPE_UNSUPPORTED", key, "Texts and rows are read as tables, which have one axis.", {
    got: `[${shape.join(", ")}]`,
    allowed: ["one axis"],
    remedy: "Reshape it, or name the keys to read by the option keys.",
  });
}
