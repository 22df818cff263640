import { requireNoHeap } from "./attribute.ts";
import { type FileLink, linkName, softLink } from "./link.ts";
import { decodeStrictly } from "./name.ts";
import { type HeaderMessage, messageType, onlyMessage } from "./object-header.ts";
import type { Pages } from "./pages.ts";
import { StorageError } from "./stored-file.ts";
import { StructureReader } from "./structure-reader.ts";
import { readSymbolTable, type Widths } from "./symbol-table.ts";

const hard = 0;
const soft = 1;
const external = 64;

/** The links of a group by name, in the order of the file; a StorageError where they are in a heap. */
export async function readLinks(
  file: Pages,
  widths: Widths,
  messages: readonly HeaderMessage[],
): Promise<Map<string, FileLink>> {
  const table = onlyMessage(messages, messageType.symbolTable);
  const info = requireNoHeap(messages, messageType.linkInfo, 8);
  if (table) {
    table.expect(!info, "a group of two kinds");
    return await readSymbolTable(file, widths, table.count(), table.count());
  }
  const links = new Map<string, FileLink>();
  for (const { type, shared, data } of messages) {
    if (type !== messageType.link) continue;
    const [name, link] = readLink(new StructureReader(data));
    if (shared || links.has(name)) throw new StorageError("two links of one name");
    links.set(name, link);
  }
  return links;
}

/** Holds a group to what it says of itself (spec IV.A.2.c, k), which the library reads before its attributes too. */
export function requireGroup(messages: readonly HeaderMessage[]): void {
  requireNoHeap(messages, messageType.linkInfo, 8);
  const info = onlyMessage(messages, messageType.groupInfo);
  if (!info) return;
  info.version("what a group says of itself", 0);
  info.expect(info.uint8() <= 3, "what a group says of itself");
}

/** Link messages (spec IV.A.2.g). */
function readLink(reader: StructureReader): [string, FileLink] {
  reader.version("a link", 1);
  const flags = reader.uint8();
  reader.expect(flags < 32, `a link of flags ${flags}`);
  const kind = flags & 8 ? reader.uint8() : hard;
  if (flags & 4) reader.bytes(8);
  if (flags & 16) reader.expect(reader.uint8() <= 1, "letters of a name");
  const name = linkName(reader.bytes(reader.count(2 ** (flags & 3))));
  if (kind === hard) return [name, { kind: "hard", address: reader.count() }];
  const value = new StructureReader(reader.bytes(reader.uint16()));
  if (kind === soft) return [name, softLink(value.bytes(value.left))];
  reader.expect(kind === external && value.uint8() === 0, `a link of kind ${kind}`);
  const [outside, path] = [decodeStrictly(value.terminated()), decodeStrictly(value.terminated())];
  return [name, { kind: "external", target: `${outside}:${path}` }];
}
