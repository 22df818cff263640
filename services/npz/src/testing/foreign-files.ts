import { deflateRawSync } from "node:zlib";
import { crc32 } from "@sluice/codec";
import { directoryEntry, endOfDirectory, localHeader } from "../zip/records.ts";

/** How a header of other software is to be written. */
export interface NpyStyle {
  readonly version?: 1 | 2 | 3;
  readonly fortranOrder?: boolean;
}

/** An .npy file as other software writes it. @param descr as Python source, quotes included */
export function npyFile(descr: string, shape: readonly number[], data: Uint8Array, style: NpyStyle = {}): Uint8Array {
  const { version = 1, fortranOrder = false } = style;
  const lengths = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = `{'descr': ${descr}, 'fortran_order': ${fortranOrder ? "True" : "False"}, 'shape': ${lengths}, }\n`;
  const header = Buffer.from(text, version === 3 ? "utf8" : "latin1");
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(header.length, 0, length.length);
  const magic = Buffer.concat([Buffer.from("\x93NUMPY", "latin1"), Buffer.from([version, 0])]);
  return new Uint8Array(Buffer.concat([magic, length, header, data]));
}

/** A zip file of these members, deflated. */
export function zipFile(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let position = 0;
  for (const [name, bytes] of Object.entries(files)) {
    const packed = deflateRawSync(bytes);
    const entry = { name, method: 8, crc: crc32(bytes), rawBytes: bytes.length, storedBytes: packed.length } as const;
    const header = localHeader(entry, position, 1);
    parts.push(header, packed);
    directory.push(directoryEntry(entry, position));
    position += header.length + packed.length;
  }
  const bytes = directory.reduce((sum, { length }) => sum + length, 0);
  return new Uint8Array(Buffer.concat([...parts, ...directory, endOfDirectory(directory.length, position, bytes)]));
}
