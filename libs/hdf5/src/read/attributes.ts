import { countElements } from "@sluice/core";
import type { Metadata } from "h5wasm/node";
import { decodeElements, type StoredElement } from "./element.ts";
import { storedType } from "./metadata.ts";
import { pointersOf, type RawElements } from "./pointers.ts";
import { diagnosis, type Session } from "./session.ts";
import { type StoredType, storedTypeName, valuesPerElement } from "./type.ts";

/** An attribute that cannot be read, with the reason. */
export class Unreadable {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Value of an attribute: a scalar, its elements in C order, null for one of a null space, or why it cannot be read. */
export type AttributeValue = StoredElement | null | Unreadable;

/** An attribute with what the file says of it. */
export interface StoredAttribute {
  readonly type: StoredType;
  /** Lengths of the axes: empty for a scalar, null for a null space. */
  readonly shape: readonly number[] | null;
  readonly value: AttributeValue;
}

interface Described {
  readonly name: string;
  readonly metadata?: Metadata;
  readonly error?: string;
}

/** HDF5 keeps attributes below 64 KiB, or in a heap of any size; more than this comes from damaged headers. */
const maximumAttributeBytes = 64 * 1024 * 1024;
const maximumAttributeValues = 1_000_000;

/** All attributes of an object by name, in the order of names. */
export async function readAttributes(session: Session, path: string): Promise<Map<string, StoredAttribute>> {
  const described = (await session.ask("attributes", path, "list the attributes")) as Described[];
  let left = session.bytes;
  const wanted = described.flatMap(({ name, metadata }) => {
    const count = metadata && readableCount(metadata);
    if (!metadata || !count) return [];
    // All of them are in the file, none smaller than in memory.
    left -= count * metadata.size;
    return left < 0 ? [] : [{ name, count, pointers: pointersOf(metadata) }];
  });
  const answers =
    wanted.length === 0
      ? []
      : ((await session.ask("attributeValues", path, "read the attributes", { wanted })) as Answer[]);
  const found = new Map(wanted.map(({ name }, index) => [name, answers[index]]));
  const attributes = described.map((one) => [one.name, storedAttribute(one, found.get(one.name))] as const);
  return new Map(attributes.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

interface Answer {
  readonly value?: RawElements;
  readonly error?: string;
}

function storedAttribute({ metadata, error }: Described, answer: Answer | undefined): StoredAttribute {
  if (!metadata) return { type: { kind: "unsupported", name: "unknown" }, shape: null, value: unreadable(error) };
  const { shape } = metadata;
  const type = storedType(metadata);
  return { type, shape, value: attributeValue(metadata, type, answer) };
}

function attributeValue(metadata: Metadata, type: StoredType, answer: Answer | undefined): AttributeValue {
  if (!isReadable(type)) return new Unreadable(`${storedTypeName(type)} are not supported`);
  if (metadata.shape === null) return null;
  if (countElements(metadata.shape) === 0) return [];
  if (!answer) return new Unreadable(`${metadata.total_size} elements of ${metadata.size} bytes are too many`);
  if (!answer.value) return unreadable(answer.error);
  const values = decodeElements(metadata, answer.value);
  return metadata.shape.length === 0 ? (values[0] as StoredElement) : values;
}

function unreadable(error: string | undefined): Unreadable {
  return new Unreadable(diagnosis(new Error(error)));
}

/** Elements to ask for; undefined where there are none, or none that can be read. */
function readableCount(metadata: Metadata): number | undefined {
  const count = metadata.shape === null ? 0 : countElements(metadata.shape);
  if (!count || count * metadata.size > maximumAttributeBytes) return undefined;
  const type = storedType(metadata);
  return isReadable(type) && count * valuesPerElement(type) <= maximumAttributeValues ? count : undefined;
}

/** False for types that are unsupported or have a part that is. */
export function isReadable(type: StoredType): boolean {
  if (typeof type === "string") return true;
  if (type.kind === "compound") return type.members.every(([, member]) => isReadable(member));
  if (type.kind === "array" || type.kind === "sequence") return isReadable(type.element);
  return type.kind !== "unsupported";
}
