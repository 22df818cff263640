import { type DataType, dataTypes, itemSize } from "@sluice/core";
import type { Made } from "./unpickle.ts";

/** An array of NumPy. */
export interface FoundArray {
  readonly dataType: DataType;
  readonly shape: readonly number[];
  readonly fortran: boolean;
  readonly bytes: Uint8Array;
}

/** The array that an object of a pickle is. */
export function arrayOf(value: unknown): FoundArray {
  const made = value as Made;
  if (made.by !== "numpy.core.multiarray._reconstruct") throw new Error(`${made.by} makes no array.`);
  if ((made.state as unknown[]).length !== 5) throw new Error("NumPy wants a state of five.");
  const [, shape, type, fortran, bytes] = made.state as [bigint, bigint[], Made, boolean, Uint8Array];
  const [name] = type.parameters as [string];
  const order = (type.state as unknown[])[1];
  const dataType = dataTypes.find((candidate) => numpyName(candidate) === name) as DataType;
  if (order !== (itemSize[dataType] === 1 ? "|" : "<")) throw new Error(`Byte order ${String(order)} of ${name}.`);
  const lengths = shape.map(Number);
  if (lengths.reduce((product, length) => product * length, itemSize[dataType]) !== bytes.length) {
    throw new Error(`${bytes.length} bytes for ${name} of ${lengths.join(" x ")}.`);
  }
  return { dataType, shape: lengths, fortran, bytes: new Uint8Array(bytes) };
}

function numpyName(dataType: DataType): string {
  const kind = dataType === "bool" ? "b" : dataType.startsWith("uint") ? "u" : (dataType[0] as string);
  return `${kind}${itemSize[dataType]}`;
}

/** The value of a key of a dict, or of keys one in another. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce((found, key) => (found as Map<string, unknown>).get(key), value);
}

/** A dict and what is in it as a plain object, ints as numbers. */
export function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Map) return Object.fromEntries(Array.from(value, ([key, item]) => [key, plain(item)]));
  return Array.isArray(value) ? value.map(plain) : value;
}
