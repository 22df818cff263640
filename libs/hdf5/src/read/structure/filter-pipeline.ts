import type { DatasetFilter } from "../filters.ts";
import { decodeStrictly } from "./name.ts";
import { type HeaderMessage, messageType, onlyMessage } from "./object-header.ts";
import type { StructureReader } from "./structure-reader.ts";

/** What the library calls its own filters. */
const ownNames: Readonly<Record<number, string>> = {
  1: "deflate",
  2: "shuffle",
  3: "fletcher32",
  5: "nbit",
  6: "scaleoffset",
};
const firstForeign = 256;
const mostFilters = 32;

/** Filter pipeline messages of versions 1 and 2 (spec IV.A.2.l). */
export function readFilters(messages: readonly HeaderMessage[]): DatasetFilter[] {
  const reader = onlyMessage(messages, messageType.filters);
  if (!reader) return [];
  const version = reader.version("a filter pipeline", 1, 2);
  const count = reader.uint8();
  reader.expect(count > 0 && count <= mostFilters, `${count} filters`);
  if (version === 1) reader.bytes(6);
  return Array.from({ length: count }, () => readFilter(reader, version));
}

function readFilter(reader: StructureReader, version: number): DatasetFilter {
  const id = reader.uint16();
  const nameBytes = version === 1 || id >= firstForeign ? reader.uint16() : 0;
  reader.bytes(2);
  const count = reader.uint16();
  reader.expect(id > 0 && (version === 2 || nameBytes % 8 === 0), `filter ${id}`);
  const stored = reader.bytes(nameBytes);
  const end = stored.indexOf(0);
  const name = decodeStrictly(stored.subarray(0, end < 0 ? stored.length : end)) || (ownNames[id] ?? "");
  reader.expect(name !== "", `filter ${id} without a name`);
  const values = Array.from({ length: count }, () => reader.uint32());
  if (version === 1 && count % 2 === 1) reader.bytes(4);
  return { id, name, values };
}
