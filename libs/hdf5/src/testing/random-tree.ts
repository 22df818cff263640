import { type DataType, elementCount } from "@sluice/core";
import * as fc from "fast-check";
import { compound, fixedText, type Hdf5Type, membersOf } from "../write/type.ts";
import { halfValue } from "./half.ts";

/** An element as a model has it: a reference is the number of an object, or null. */
export type ModelValue = number | bigint | boolean | string | ModelReference | { readonly [name: string]: ModelValue };

/** Counted over groups and datasets, modulo their number. */
export interface ModelReference {
  readonly object: number | null;
}

export interface ModelAttribute {
  readonly name: string;
  readonly type: Hdf5Type;
  /** null for an attribute that holds nothing. */
  readonly shape: readonly number[] | null;
  readonly values: readonly ModelValue[];
}

export interface ModelGroup {
  readonly name: string;
  readonly attributes: readonly ModelAttribute[];
  readonly groups: readonly ModelGroup[];
  readonly datasets: readonly ModelDataset[];
  readonly softLinks: readonly { readonly name: string; readonly target: string }[];
}

export interface ModelDataset {
  readonly name: string;
  readonly attributes: readonly ModelAttribute[];
  readonly type: Hdf5Type;
  readonly shape: readonly number[] | null;
  readonly storage: "contiguous" | "compact" | "chunked";
  readonly grows: boolean;
  readonly chunks: readonly number[];
  readonly shuffle: boolean;
  readonly deflate: number | "adaptive" | undefined;
  readonly fill: ModelValue | undefined;
  /** All elements, C order; those of `unwritten` cells are not written. */
  readonly values: readonly ModelValue[];
  /** Where rows are parted for `append`. */
  readonly cuts: readonly number[];
  /** Set to write chunk by chunk, in an order and with omissions that follow from it. */
  readonly chunkSeed: number | undefined;
}

const numbers = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"] as const;
const simpleTypes: readonly DataType[] = [
  ...numbers,
  "bool",
  "float16",
  "float32",
  "float64",
  "complex64",
  "complex128",
];

const name = fc
  .oneof(
    { weight: 4, arbitrary: fc.string({ minLength: 1, maxLength: 12 }) },
    fc.string({ unit: "grapheme", minLength: 1 }),
  )
  .filter((text) => !text.includes("\0") && !text.includes("/") && text !== ".");
const text = fc.string({ unit: "grapheme", maxLength: 30 }).filter((value) => !value.includes("\0"));

const leafType: fc.Arbitrary<Hdf5Type> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<Hdf5Type>(...simpleTypes) },
  fc.constantFrom<Hdf5Type>("text", "reference"),
  fc.integer({ min: 1, max: 17 }).map(fixedText),
);

function compoundOf(member: fc.Arbitrary<Hdf5Type>): fc.Arbitrary<Hdf5Type> {
  const members = fc.uniqueArray(fc.tuple(name, member), { minLength: 1, maxLength: 4, selector: ([key]) => key });
  return members.map((pairs) => compound(...pairs));
}

const type: fc.Arbitrary<Hdf5Type> = fc.oneof(
  { weight: 6, arbitrary: leafType },
  compoundOf(fc.oneof({ weight: 4, arbitrary: leafType }, compoundOf(leafType))),
);

function valueOf(of: Hdf5Type): fc.Arbitrary<ModelValue> {
  const members = membersOf(of);
  if (members)
    return fc.record(Object.fromEntries(members.map(([key, member]) => [key, valueOf(member)])), {
      noNullPrototype: true,
    });
  if (typeof of !== "string") {
    return text.map((value) => {
      let kept = value;
      while (Buffer.byteLength(kept) > (of as { bytes: number }).bytes) kept = [...kept].slice(0, -1).join("");
      return kept;
    });
  }
  if (of === "text") return text;
  if (of === "reference") return fc.option(fc.nat(1000)).map((object) => ({ object }));
  if (of === "bool") return fc.boolean();
  if (of === "float64") return fc.double();
  if (of === "float32") return fc.float();
  if (of === "float16") return fc.nat(0xffff).map(halfValue);
  const bits = Number(/\d+/.exec(of)?.[0]);
  const unsigned = of.startsWith("u");
  const integer = fc.bigInt(
    unsigned
      ? { min: 0n, max: 2n ** BigInt(bits) - 1n }
      : { min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n },
  );
  return bits === 64 ? integer : integer.map(Number);
}

function values(of: Hdf5Type, count: number): fc.Arbitrary<ModelValue[]> {
  return fc.array(valueOf(of), { minLength: count, maxLength: count });
}

const attribute: fc.Arbitrary<ModelAttribute> = fc
  .tuple(name, type, fc.option(fc.array(fc.nat(3), { maxLength: 3 })))
  .chain(([own, of, shape]) => {
    // A reference has no null space: null is the reference to nothing.
    const kept = shape === null && of === "reference" ? [] : shape;
    const count = kept === null ? 0 : elementCount(kept);
    return values(of, count).map((all) => ({ name: own, type: of, shape: kept, values: all }));
  });
const attributes = fc.uniqueArray(attribute, { maxLength: 4, selector: (item) => item.name });

const chunkSeed = fc.option(fc.nat(2 ** 20), { nil: undefined });
const datasetShape = fc.option(fc.array(fc.nat(6), { maxLength: 4 }), { freq: 12 });

const dataset: fc.Arbitrary<ModelDataset> = fc
  .tuple(name, attributes, type, datasetShape, fc.constantFrom("contiguous", "compact", "chunked", "chunked"))
  .chain(([own, attributesOf, of, shape, wish]) => {
    const storage = shape === null || shape.length === 0 ? (wish === "chunked" ? "contiguous" : wish) : wish;
    const plain = isPlainType(of);
    const growing = storage === "chunked" ? fc.boolean() : fc.constant(false);
    return growing.chain((grows) => {
      const chunk = (shape ?? []).map((length, axis) =>
        fc.integer({ min: 1, max: length === 0 ? 3 : axis === 0 && grows ? length + 2 : length }),
      );
      return fc.record({
        name: fc.constant(own),
        attributes: fc.constant(attributesOf),
        type: fc.constant(of),
        shape: fc.constant(of === "reference" && shape === null ? [] : shape),
        storage: fc.constant(storage),
        grows: fc.constant(grows),
        chunks: fc.tuple(...chunk),
        shuffle: fc.boolean(),
        deflate: fc.constantFrom(undefined, "adaptive" as const, 1, 9),
        fill: plain ? fc.option(valueOf(of), { nil: undefined }) : fc.constant(undefined),
        values: values(of, of === "reference" && shape === null ? 1 : shape === null ? 0 : elementCount(shape)),
        cuts: fc.array(fc.nat(6), { maxLength: 4 }),
        chunkSeed: plain && storage === "chunked" ? chunkSeed : fc.constant(undefined),
      });
    });
  });

/** True when elements of the type hold neither text of any length nor references. */
export function isPlainType(of: Hdf5Type): boolean {
  const members = membersOf(of);
  return members ? members.every(([, member]) => isPlainType(member)) : of !== "text" && of !== "reference";
}

/** Groups of groups and datasets of every type and storage, with attributes. */
export const randomTree: fc.Arbitrary<ModelGroup> = groupOf(2);

function groupOf(depth: number): fc.Arbitrary<ModelGroup> {
  const links = fc.record({ name, target: fc.constantFrom("/", "/a/b", "nothing here", "../µ") });
  return fc
    .record({
      name,
      attributes,
      groups: depth === 0 ? fc.constant<ModelGroup[]>([]) : fc.array(groupOf(depth - 1), { maxLength: 3 }),
      datasets: fc.array(dataset, { maxLength: 3 }),
      softLinks: fc.array(links, { maxLength: 1 }),
    })
    .map((group) => {
      const taken = new Set<string>();
      const free = (item: { name: string }) => !taken.has(item.name) && taken.add(item.name).size > 0;
      return {
        ...group,
        groups: group.groups.filter(free),
        datasets: group.datasets.filter(free),
        softLinks: group.softLinks.filter(free),
      };
    });
}
