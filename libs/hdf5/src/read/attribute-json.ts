import { type AttributeValue, Unreadable } from "./attributes.ts";
import { ObjectReference, type StoredElement } from "./element.ts";

/**
 * The value of an attribute as JSON holds it: int64 beyond 2^53 and numbers that are not finite become text, references
 * `{ reference: path or null }`, what cannot be read `{ unreadable: reason }`.
 */
export function attributeJson(value: AttributeValue): unknown {
  if (value instanceof Unreadable) return { unreadable: value.reason };
  return value === null ? null : elementJson(value);
}

function elementJson(value: StoredElement): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object") return value;
  if (value instanceof ObjectReference) return { reference: value.target ?? null };
  if (Array.isArray(value)) return value.map(elementJson);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, elementJson(member)]));
}
