import { elementCount } from "@sluice/core";
import { elementLayout, type Hdf5Type, membersOf, typeName } from "../write/type.ts";
import {
  isPlainType,
  type ModelAttribute,
  type ModelDataset,
  type ModelGroup,
  type ModelReference,
  type ModelValue,
} from "./random-tree.ts";
import { flat, indicesOf, memberOf, objectsOf, writtenCells } from "./write-tree.ts";

/**
 * An element as every reader can tell it: integers as digits, floats as the bits of float64 in hexadecimal digits or
 * "nan", text, true and false, the path of a referenced object or null, members as a list.
 */
export type PlainElement = string | boolean | null | readonly PlainElement[];

/** The type as every reader can tell it: "int8", "text", "fixedText 5", members as a list of names and types. */
export type PlainType = string | readonly (readonly [string, PlainType])[];

export interface ExpectedAttribute {
  readonly type: PlainType;
  readonly shape: readonly number[] | null;
  readonly elements: readonly PlainElement[];
}

export interface ExpectedDataset extends ExpectedAttribute {
  readonly maxShape: readonly (number | null)[] | null;
  readonly chunks: readonly number[] | null;
  readonly shuffle: boolean;
  readonly deflate: number | null;
  /** null for types that have none. */
  readonly fill: PlainElement;
}

/** What a reader is to find in a file of a model, by path. It can be told as JSON. */
export interface ExpectedTree {
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly datasets: Readonly<Record<string, ExpectedDataset>>;
  readonly softLinks: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, Readonly<Record<string, ExpectedAttribute>>>>;
}

/** What is in the file of a model. */
export function expectedTree(tree: ModelGroup): ExpectedTree {
  const objects = objectsOf(tree);
  const pathOf = ({ object }: ModelReference) =>
    object === null ? null : (objects[object % objects.length]?.path ?? null);
  const plain = (type: Hdf5Type, value: ModelValue): PlainElement => plainElement(type, value, pathOf);
  const groups: [string, string[]][] = [];
  const datasets: [string, ExpectedDataset][] = [];
  const softLinks: [string, string][] = [];
  const attributes: [string, Record<string, ExpectedAttribute>][] = [];
  for (const { path, group, dataset } of objects) {
    const inside = path === "/" ? "" : path;
    if (group) groups.push([path, [...group.groups, ...group.datasets, ...group.softLinks].map(({ name }) => name)]);
    for (const { name, target } of group?.softLinks ?? []) softLinks.push([`${inside}/${name}`, target]);
    if (dataset) datasets.push([path, expectedDataset(dataset, plain)]);
    const own = ((group ?? dataset)?.attributes ?? []).map(
      (item) => [item.name, expectedAttribute(item, plain)] as const,
    );
    attributes.push([path, Object.fromEntries(own)]);
  }
  return {
    groups: Object.fromEntries(groups),
    datasets: Object.fromEntries(datasets),
    softLinks: Object.fromEntries(softLinks),
    attributes: Object.fromEntries(attributes),
  };
}

type Plain = (type: Hdf5Type, value: ModelValue) => PlainElement;

function expectedAttribute({ type, shape, values }: ModelAttribute, plain: Plain): ExpectedAttribute {
  return { type: plainType(type), shape, elements: values.map((value) => plain(type, value)) };
}

function expectedDataset(model: ModelDataset, plain: Plain): ExpectedDataset {
  const { type, storage, shuffle, deflate, grows, chunks } = model;
  const fill = plain(type, model.fill ?? zero(type));
  const shape = sizeOf(model);
  const chunked = storage === "chunked";
  return {
    type: plainType(type),
    shape,
    maxShape: shape && (grows ? [null, ...shape.slice(1)] : shape),
    chunks: chunked ? chunks : null,
    shuffle: chunked && shuffle && elementLayout(type).itemBytes > 1,
    deflate: chunked ? (deflate === "adaptive" ? 4 : (deflate ?? null)) : null,
    fill: isPlainType(type) ? fill : null,
    elements: shape ? elements(model, shape, plain, fill) : [],
  };
}

/** A dataset that grows is as long as what was written. */
function sizeOf(model: ModelDataset): readonly number[] | null {
  if (!model.grows || model.chunkSeed === undefined || !model.shape) return model.shape;
  const ends = writtenCells(model).map(({ offset, shape }) => (offset[0] as number) + (shape[0] as number));
  return [Math.max(0, ...ends), ...model.shape.slice(1)];
}

function elements(model: ModelDataset, shape: readonly number[], plain: Plain, fill: PlainElement): PlainElement[] {
  if (model.chunkSeed === undefined) return model.values.map((value) => plain(model.type, value));
  const found = Array.from({ length: elementCount(shape) }, (): PlainElement => fill);
  for (const box of writtenCells(model)) {
    for (const index of indicesOf(box)) {
      const value = model.values[flat(index, model.shape ?? [])] as ModelValue;
      found[flat(index, shape)] = plain(model.type, value);
    }
  }
  return found;
}

function zero(type: Hdf5Type): ModelValue {
  const members = membersOf(type);
  if (members) return Object.fromEntries(members.map(([name, member]) => [name, zero(member)]));
  if (type === "reference") return { object: null };
  if (type === "text" || typeof type !== "string") return "";
  return type === "bool" ? false : 0;
}

function plainType(type: Hdf5Type): PlainType {
  if (typeof type === "string" && type.startsWith("complex")) return type;
  const members = membersOf(type);
  if (members) return members.map(([name, member]) => [name, plainType(member)] as const);
  return typeof type === "string" ? type : typeName(type);
}

function plainElement(
  type: Hdf5Type,
  value: ModelValue,
  pathOf: (reference: ModelReference) => string | null,
): PlainElement {
  const members = membersOf(type);
  if (members) return members.map(([name, member]) => plainElement(member, memberOf(value, name), pathOf));
  if (type === "reference") return pathOf(value as ModelReference);
  if (typeof type === "string" && type.startsWith("float")) return plainFloat(value as number);
  return typeof value === "number" || typeof value === "bigint" ? String(value) : (value as string | boolean);
}

/** The bits of a number. */
export function plainFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("hex");
}
