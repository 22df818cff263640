import { ObjectReference, type StoredAttribute, type StoredElement, Unreadable } from "@sluice/hdf5";

/** What JSON can hold. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/**
 * An element as JSON: integers beyond 2^53 and numbers that are not finite become text, references the path that they
 * lead to.
 */
export function jsonValue(value: StoredElement): JsonValue {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object") return value;
  if (value instanceof ObjectReference) return value.target ?? null;
  if (isList(value)) return value.map(jsonValue);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, jsonValue(member)]));
}

/** Elements in C order as lists inside lists; an element alone for no axis, one empty list where there is none. */
export function nested(values: readonly JsonValue[], shape: readonly number[]): JsonValue {
  if (shape.length === 0) return values[0] ?? null;
  const [length = 0, ...rest] = shape;
  if (rest.length === 0 || values.length === 0) return values;
  const each = rest.reduce((product, size) => product * size, 1);
  return Array.from({ length }, (_, index) => nested(values.slice(index * each, (index + 1) * each), rest));
}

/** The attributes of an object as JSON, and why those are missing that could not be read. */
export function jsonAttributes(attributes: ReadonlyMap<string, StoredAttribute>): {
  readonly values: Record<string, JsonValue>;
  readonly unread: ReadonlyMap<string, string>;
} {
  const values: [string, JsonValue][] = [];
  const unread = new Map<string, string>();
  for (const [name, { shape, value }] of attributes) {
    if (value instanceof Unreadable) unread.set(name, value.reason);
    else if (value === null) values.push([name, null]);
    else values.push([name, shape?.length && isList(value) ? nested(value.map(jsonValue), shape) : jsonValue(value)]);
  }
  return { values: Object.fromEntries(values), unread };
}

function isList(value: StoredElement): value is readonly StoredElement[] {
  return Array.isArray(value);
}
