import type { ColumnSpec } from "@sluice/proto";
import type { Cell } from "@sluice/spikes";

/**
 * Python objects as we write them. A number is a float, a bigint an int; so nothing depends on whether a measured value
 * happens to be whole.
 */
export type PythonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Complex
  | readonly PythonValue[]
  | { readonly [key: string]: PythonValue };

/** A complex number. */
export class Complex {
  readonly real: number;
  readonly imaginary: number;

  constructor(real: number, imaginary: number) {
    this.real = real;
    this.imaginary = imaginary;
  }
}

/**
 * A JSON value, or one of a protobuf Struct: whole numbers become ints, as Python's json reads them; NaN and infinities
 * stay. Keys without a value are left out.
 */
export function fromJson(value: unknown): PythonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(fromJson);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, fromJson(item)]));
}

/** A cell of a table: None where there is none; the column says whether a number is an int or a float. */
export function fromCell(cell: Cell, { dataType }: ColumnSpec): PythonValue {
  if (typeof cell === "number") return /^u?int/.test(dataType) ? BigInt(cell) : cell;
  return isPair(cell) ? new Complex(...cell) : cell;
}

function isPair(cell: Cell): cell is readonly [number, number] {
  return Array.isArray(cell);
}
