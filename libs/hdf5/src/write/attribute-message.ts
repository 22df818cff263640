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
  const name = Buffer.from(`${parts.name}\0`);
  const plain = name.length === parts.name.length + 1;
  const sections = [name, parts.datatype, parts.dataspace];
  const bytes = sections.reduce((sum, section) => sum + align8(section.length), 9 + parts.data.length);
  const writer = new ByteWriter(bytes).uint8(plain ? 1 : 3, 0);
  writer.uint16(...sections.map((section) => section.length));
  if (!plain) writer.uint8(1);
  for (const section of sections) {
    writer.bytes(section);
    if (plain) writer.align();
  }
  const dataAt = writer.length;
  return { message: writer.bytes(parts.data).finish(), dataAt };
}
