import { asBytes, clipBox, elementCount, wholeBox } from "@sluice/core";
import { cellIndex } from "../write/cell.ts";
import { GlobalHeap } from "../write/global-heap.ts";
import type { DatasetWriter, GroupWriter, Hdf5Value, Hdf5Writer } from "../write/index.ts";
import { type Hdf5Type, membersOf } from "../write/type.ts";
import { encodeValues } from "../write/value.ts";
import type { ModelAttribute, ModelDataset, ModelGroup, ModelReference, ModelValue } from "./random-tree.ts";

/** A group or a dataset of a model, with its path, in the order of their numbers. */
export interface PlacedObject {
  readonly path: string;
  readonly group?: ModelGroup;
  readonly dataset?: ModelDataset;
}

/** All objects of a tree: what references count. */
export function objectsOf(tree: ModelGroup): PlacedObject[] {
  const found: PlacedObject[] = [];
  const walk = (group: ModelGroup, path: string) => {
    found.push({ path: path === "" ? "/" : path, group });
    for (const dataset of group.datasets) found.push({ path: `${path}/${dataset.name}`, dataset });
    for (const child of group.groups) walk(child, `${path}/${child.name}`);
  };
  walk(tree, "");
  return found;
}

/** Makes a value of a model one that the writer takes. */
type Realize = (type: Hdf5Type, value: ModelValue) => Hdf5Value;

/** Writes a model; the name of its root is not used. */
export async function writeTree(file: Pick<Hdf5Writer, "root">, tree: ModelGroup): Promise<void> {
  const objects: (GroupWriter | DatasetWriter)[] = [];
  const make = (model: ModelGroup, group: GroupWriter) => {
    objects.push(group);
    for (const dataset of model.datasets) objects.push(createDataset(group, dataset));
    for (const { name, target } of model.softLinks) group.createSoftLink(name, target);
    for (const child of model.groups) make(child, group.createGroup(child.name));
  };
  make(tree, file.root);
  const real: Realize = (type, value) => {
    const members = membersOf(type);
    if (members) return Object.fromEntries(members.map(([name, of]) => [name, real(of, memberOf(value, name))]));
    if (type !== "reference") return value as Hdf5Value;
    const { object } = value as ModelReference;
    return object === null ? null : (objects[object % objects.length] as GroupWriter);
  };
  for (const [number, { group, dataset }] of objectsOf(tree).entries()) {
    const object = objects[number] as GroupWriter | DatasetWriter;
    for (const attribute of (group ?? dataset)?.attributes ?? []) setAttribute(object, attribute, real);
    if (dataset && dataset.shape !== null) await fillDataset(object as DatasetWriter, dataset, real);
  }
}

function createDataset(group: GroupWriter, model: ModelDataset): DatasetWriter {
  const { type, shape, storage, grows, chunks, shuffle, deflate, fill } = model;
  return group.createDataset(model.name, {
    type,
    shape: grows && shape ? [0, ...shape.slice(1)] : shape,
    ...(fill !== undefined && { fillValue: fill as Hdf5Value }),
    ...(storage === "compact" && { compact: true }),
    ...(storage === "chunked" && { chunks, shuffle, ...(deflate !== undefined && { deflate }) }),
    ...(grows && shape && { maxShape: [null, ...shape.slice(1)] }),
  });
}

function setAttribute(object: GroupWriter | DatasetWriter, model: ModelAttribute, real: Realize) {
  const { name, type, shape } = model;
  const values = model.values.map((value) => real(type, value));
  if (shape === null) object.attributes.set(name, null, type);
  else if (shape.length === 0) object.attributes.set(name, values[0] as Hdf5Value, type);
  else object.attributes.set(name, values, type, shape);
}

async function fillDataset(dataset: DatasetWriter, model: ModelDataset, real: Realize) {
  const shape = model.shape ?? [];
  const rows = shape[0] ?? 1;
  const rowLength = elementCount(shape.slice(1));
  const values = model.values.map((value) => real(model.type, value));
  if (model.chunkSeed !== undefined) return writeCells(dataset, model, values);
  const cuts = [0, ...model.cuts.map((cut) => Math.min(cut, rows)).toSorted((a, b) => a - b), rows];
  for (const [index, end] of cuts.slice(1).entries()) {
    const start = cuts[index] as number;
    await dataset.append(values.slice(start * rowLength, end * rowLength), end - start);
  }
}

/** Cells of the model's grid that are written, in the order of writing, and their boxes. */
export function writtenCells({ shape, chunks, chunkSeed = 0 }: ModelDataset) {
  const counts = (shape ?? []).map((length, axis) => Math.ceil(length / (chunks[axis] as number)));
  const bounds = wholeBox(shape ?? []);
  return Array.from({ length: elementCount(counts) }, (_, cell) => ({ cell, key: chunkKey(chunkSeed, cell) }))
    .filter(({ key }) => key < 70)
    .toSorted((a, b) => a.key - b.key)
    .map(({ cell }) => {
      const offset = cellIndex(cell, counts).map((index, axis) => index * (chunks[axis] as number));
      return clipBox({ offset, shape: chunks }, bounds) as { offset: number[]; shape: number[] };
    });
}

/** Below 70 for a chunk that is written; the least ones come first. */
function chunkKey(seed: number, cell: number): number {
  return (Math.imul(cell + 1, 2 * seed + 0x9e37_79b1) >>> 9) % 100;
}

async function writeCells(dataset: DatasetWriter, model: ModelDataset, values: readonly Hdf5Value[]): Promise<void> {
  const shape = model.shape ?? [];
  for (const box of writtenCells(model)) {
    const wanted = indicesOf(box).map((index) => values[flat(index, shape)] as Hdf5Value);
    const context = { file: { heap: new GlobalHeap(), requireOpen: () => {} }, field: "" };
    await dataset.writeChunk(box, asBytes(encodeValues(model.type, wanted, context)));
  }
}

/** Indices of the elements of a box, C order. */
export function indicesOf({
  offset,
  shape,
}: {
  readonly offset: readonly number[];
  readonly shape: readonly number[];
}) {
  return Array.from({ length: elementCount(shape) }, (_, number) =>
    cellIndex(number, shape).map((index, axis) => index + (offset[axis] as number)),
  );
}

/** Place of an element in C order. */
export function flat(index: readonly number[], shape: readonly number[]): number {
  return index.reduce((sum, at, axis) => sum * (shape[axis] as number) + at, 0);
}

/** A member of a compound value. */
export function memberOf(value: ModelValue, name: string): ModelValue {
  return (value as Readonly<Record<string, ModelValue>>)[name] as ModelValue;
}
