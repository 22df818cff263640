import { elementCount } from "@sluice/core";
import type { ByteReader } from "./byte-reader.ts";
import { damaged } from "./fault.ts";
import { type NpyType, npyType } from "./npy-type.ts";
import { type PythonValue, parsePython } from "./python-literal.ts";

/** What the header of an .npy file says. */
export interface NpyHeader {
  readonly type: NpyType;
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
  /** Bytes before the data. */
  readonly headerBytes: number;
  readonly dataBytes: number;
}

const magic = Buffer.from("\x93NUMPY", "latin1");
/** numpy itself reads no longer ones unless it is told to. */
const longestHeader = 1024 * 1024;

/** Takes the header of an .npy file, versions 1.0, 2.0 and 3.0 (NEP 1). @param key for problems */
export async function takeNpyHeader(reader: ByteReader, key: string): Promise<NpyHeader> {
  const start = await reader.take(magic.length + 2);
  const major = start[magic.length] as number;
  if (!magic.equals(start.subarray(0, magic.length)) || major < 1 || major > 3)
    throw damaged(key, "no header of NumPy");
  const lengthBytes = major === 1 ? 2 : 4;
  const length = Buffer.from(await reader.take(lengthBytes)).readUIntLE(0, lengthBytes);
  if (length > longestHeader) throw damaged(key, `a header of ${length} bytes`);
  const text = Buffer.from(await reader.take(length)).toString(major === 3 ? "utf8" : "latin1");
  const { descr, shape, fortran_order: fortranOrder } = entriesOf(text, key);
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && Number(size) >= 0)) {
    throw damaged(key, `a header with the shape ${JSON.stringify(shape)}`);
  }
  const lengths = shape as number[];
  const type = npyType(descr ?? null, key);
  return {
    type,
    shape: lengths,
    fortranOrder: fortranOrder === true && lengths.length > 1,
    headerBytes: start.length + lengthBytes + length,
    dataBytes: elementCount([...lengths, type.bytes]),
  };
}

function entriesOf(text: string, key: string): Readonly<Record<string, PythonValue>> {
  try {
    const value = parsePython(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, PythonValue>;
  } catch (error) {
    throw damaged(key, (error as Error).message, error);
  }
  throw damaged(key, "a header that is no dictionary");
}
