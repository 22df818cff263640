import type { Attribute } from "h5wasm/node";
import { elementType, isOpaque } from "./element-type.ts";

/** One element of an attribute. */
type AttributeElement = string | number | bigint | boolean;

/** Value of an attribute: a scalar, or its elements in C order. */
export type AttributeValue = AttributeElement | readonly AttributeElement[];

/** What JavaScript can hold of an attribute; references, compounds, floats of 16 bits and empty ones are undefined. */
export function attributeValue(attribute: Attribute): AttributeValue | undefined {
  const { metadata } = attribute;
  if (isOpaque(metadata)) return undefined;
  const { value } = attribute;
  const element = (raw: AttributeElement) => (elementType(metadata) === "bool" ? raw !== 0 : raw);
  if (isElement(value)) return element(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number | bigint>, element);
  if (Array.isArray(value) && value.every(isElement)) return value;
  return undefined;
}

function isElement(value: unknown): value is AttributeElement {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint";
}
