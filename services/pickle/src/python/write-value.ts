import { op } from "./opcodes.ts";
import type { Pickler } from "./pickler.ts";
import { Complex, type PythonValue } from "./value.ts";

/** Writes a plain object, and what is in it. */
export function writeValue(pickler: Pickler, value: PythonValue): void {
  if (value === null) pickler.none();
  else if (typeof value === "boolean") pickler.boolean(value);
  else if (typeof value === "number") pickler.float(value);
  else if (typeof value === "bigint") pickler.int(value);
  else if (typeof value === "string") pickler.text(value);
  else if (value instanceof Complex) writeComplex(pickler, value);
  else if (isList(value)) writeList(pickler, value);
  else writeDict(pickler, value);
}

function writeList(pickler: Pickler, values: readonly PythonValue[]): void {
  pickler.code(op.emptyList);
  pickler.memoize();
  for (const index of pickler.items(values.length, "appends")) writeValue(pickler, values[index] as PythonValue);
}

function writeDict(pickler: Pickler, value: { readonly [key: string]: PythonValue }): void {
  const entries = Object.entries(value);
  pickler.code(op.emptyDict);
  pickler.memoize();
  for (const index of pickler.items(entries.length, "setitems")) {
    const [key, item] = entries[index] as [string, PythonValue];
    pickler.text(key);
    writeValue(pickler, item);
  }
}

function writeComplex(pickler: Pickler, { real, imaginary }: Complex): void {
  pickler.global(pickler.protocol === 2 ? "__builtin__" : "builtins", "complex");
  pickler.float(real);
  pickler.float(imaginary);
  pickler.tuple(2);
  pickler.code(op.reduce);
  pickler.memoize();
}

function isList(value: PythonValue): value is readonly PythonValue[] {
  return Array.isArray(value);
}
