import { align8, ByteWriter } from "./byte-writer.ts";

/** What an attribute message holds: its parts encoded, the data with addresses still open. */
export interface AttributeParts {
  readonly name: string;
  readonly datatype: Uint8Array;
  readonly dataspace: Uint8Array;
  readonly data: Uint8Array;
}

/**
 * Attribute message (spec IV.A.2.m): version 1, whose parts are padded to eight bytes while their lengths are not, or,
 * for names beyond ASCII, version 3, which knows UTF-8 and has no padding.
 *
 * @returns the message and where in it the data begin
 */
export function attributeMessage(parts: AttributeParts): { readonly message: Uint8Array; readonly dataAt: number } {
  const { name, datatype, dataspace, data } = parts;
  const nameBytes = Buffer.byteLength(name) + 1;
  const lengths = [nameBytes, datatype.length, dataspace.length] as const;
  if (nameBytes === name.length + 1) {
    const dataAt = 8 + align8(nameBytes) + align8(datatype.length) + align8(dataspace.length);
    const writer = new ByteWriter(dataAt + data.length).uint8(1, 0).uint16(...lengths);
    writer.ascii(name).zeros(1).align();
    writer.bytes(datatype).align();
    writer.bytes(dataspace).align();
    return { message: writer.bytes(data).finish(), dataAt };
  }
  const dataAt = 9 + nameBytes + datatype.length + dataspace.length;
  const writer = new ByteWriter(dataAt + data.length)
    .uint8(3, 0)
    .uint16(...lengths)
    .uint8(1);
  writer.bytes(Buffer.from(name)).zeros(1).bytes(datatype).bytes(dataspace);
  return { message: writer.bytes(data).finish(), dataAt };
}
