import type { OutputData } from "h5wasm/node";

/** Value of an attribute: a scalar, or its elements in C order. */
export type AttributeValue = string | number | bigint | readonly (string | number | bigint)[];

/** What JavaScript can hold of an attribute; references, compounds and empty ones are undefined. */
export function attributeValue(value: OutputData | null): AttributeValue | undefined {
  if (isScalar(value)) return value;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number | bigint>);
  if (Array.isArray(value) && value.every(isScalar)) return value;
  return undefined;
}

function isScalar(value: unknown): value is string | number | bigint {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint";
}
