import { asBytes, type DataType, isDataType, itemSize } from "@sluice/core";
import type { StoredElement, StoredRow } from "@sluice/hdf5";
import type { ColumnBuffer } from "@sluice/proto";
import { jsonValue } from "./json-value.ts";

const encoder = new TextEncoder();
const none = new Uint8Array(0);

/** Elements as a column of the type. In text, references are the path that they lead to, what is no text is JSON. */
export function columnOf(dataType: string, values: readonly StoredElement[]): ColumnBuffer {
  if (isDataType(dataType)) return { validity: none, offsets: none, data: numberBytes(dataType, values) };
  return textColumn(values.map(textOf));
}

function textOf(value: StoredElement): string {
  const json = jsonValue(value) ?? "";
  return typeof json === "string" ? json : JSON.stringify(json);
}

/** Texts as a column. */
export function textColumn(texts: readonly string[]): ColumnBuffer {
  const parts = texts.map((text) => encoder.encode(text));
  const offsets = new Int32Array(parts.length + 1);
  for (const [index, part] of parts.entries()) offsets[index + 1] = (offsets[index] as number) + part.length;
  return { validity: none, offsets: asBytes(offsets), data: new Uint8Array(Buffer.concat(parts)) };
}

/** The little-endian bytes of numbers. Half floats come as numbers and are float32 here: the same values. */
export function numberBytes(dataType: DataType, values: readonly StoredElement[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * itemSize[dataType]));
  const set = setters[widened(dataType)];
  for (const [index, value] of values.entries()) set(view, index * itemSize[dataType], value as never);
  return asBytes(view);
}

/** The type in which decoded elements are sent. */
export function widened(dataType: DataType): Exclude<DataType, "float16"> {
  return dataType === "float16" ? "float32" : dataType;
}

type Setter<T> = (view: DataView, at: number, value: T) => void;

const setters: Readonly<Record<Exclude<DataType, "float16">, Setter<never>>> = {
  bool: (view, at, value: boolean) => view.setUint8(at, value ? 1 : 0),
  int8: (view, at, value: number) => view.setInt8(at, value),
  int16: (view, at, value: number) => view.setInt16(at, value, true),
  int32: (view, at, value: number) => view.setInt32(at, value, true),
  int64: (view, at, value: bigint | number) => view.setBigInt64(at, BigInt(value), true),
  uint8: (view, at, value: number) => view.setUint8(at, value),
  uint16: (view, at, value: number) => view.setUint16(at, value, true),
  uint32: (view, at, value: number) => view.setUint32(at, value, true),
  uint64: (view, at, value: bigint | number) => view.setBigUint64(at, BigInt(value), true),
  float32: (view, at, value: number) => view.setFloat32(at, value, true),
  float64: (view, at, value: number) => view.setFloat64(at, value, true),
  complex64: (view, at, value: StoredRow) => {
    view.setFloat32(at, value["r"] as number, true);
    view.setFloat32(at + 4, value["i"] as number, true);
  },
  complex128: (view, at, value: StoredRow) => {
    view.setFloat64(at, value["r"] as number, true);
    view.setFloat64(at + 8, value["i"] as number, true);
  },
};
