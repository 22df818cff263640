import type { HeaderMessage } from "./object-header.ts";
import { messageType, onlyMessage, readHeader } from "./object-header.ts";
import type { StructureSource } from "./pages.ts";
import { StorageError } from "./stored-file.ts";
import { StructureReader } from "./structure-reader.ts";

/** Where the index of the chunks is, and of what kind; without an address there are no chunks. */
export type IndexPlace =
  | { readonly kind: "tree"; readonly address: number | undefined }
  | {
      readonly kind: "single";
      readonly address: number | undefined;
      readonly bytes: number | undefined;
      readonly mask: number;
    }
  | { readonly kind: "implicit" | "fixedArray" | "extensibleArray"; readonly address: number | undefined };

/** Where the elements of a dataset are. */
export type Layout =
  | { readonly kind: "compact"; readonly data: Buffer }
  /** Without an address nothing was written. */
  | { readonly kind: "contiguous"; readonly address: number | undefined; readonly bytes: number }
  | ({ readonly kind: "chunked" } & ChunkLayout);

/** How the chunks of a dataset are kept. */
export interface ChunkLayout {
  readonly index: IndexPlace;
  readonly chunk: readonly number[];
  readonly itemBytes: number;
}

/** How a dataset is stored in chunks. */
export interface ChunkStorage extends ChunkLayout {
  /** An element of chunks that are missing; undefined for zeros. */
  readonly fill: Buffer | undefined;
}

/** Reads from an object header how its dataset is stored; a StorageError for what is not understood here. */
export async function readChunkStorage(file: StructureSource, address: number): Promise<ChunkStorage> {
  const messages = await readHeader(file, address);
  const layout = readLayout(messages);
  if (layout.kind !== "chunked") throw new StorageError("a dataset without chunks");
  const { index, chunk, itemBytes } = layout;
  return { index, chunk, itemBytes, fill: readFill(messages) };
}

/** Layout messages of versions 3 and 4 (spec IV.A.2.i); version 5 differs in nothing that is read here. */
export function readLayout(messages: readonly HeaderMessage[]): Layout {
  const reader = onlyMessage(messages, messageType.layout);
  if (!reader) throw new StorageError("a dataset without a layout");
  const version = reader.version("a layout", 3, 4, 5);
  switch (reader.uint8()) {
    case 0:
      return { kind: "compact", data: reader.bytes(reader.uint16()) };
    case 1:
      return { kind: "contiguous", address: reader.address(), bytes: reader.count() };
    case 2:
      return { kind: "chunked", ...(version === 3 ? readTreeLayout(reader) : readIndexLayout(reader, version)) };
    default:
      throw reader.error("a virtual dataset");
  }
}

function readTreeLayout(reader: StructureReader): ChunkLayout {
  const rank = reader.uint8() - 1;
  const address = reader.address();
  const chunk = Array.from({ length: rank }, () => reader.uint32());
  return { index: { kind: "tree", address }, chunk, itemBytes: reader.uint32() };
}

function readIndexLayout(reader: StructureReader, version: number): ChunkLayout {
  const flags = reader.uint8();
  if (flags & 1) throw new StorageError("edges that are not filtered");
  const rank = reader.uint8() - 1;
  const lengthBytes = reader.uint8();
  reader.expect(lengthBytes >= 1 && lengthBytes <= 8, `lengths of ${lengthBytes} bytes`);
  const chunk = Array.from({ length: rank }, () => reader.count(lengthBytes));
  const itemBytes = reader.count(lengthBytes);
  return { index: readIndexPlace(reader, (flags & 2) !== 0, version === 5), chunk, itemBytes };
}

function readIndexPlace(reader: StructureReader, filtered: boolean, wide: boolean): IndexPlace {
  const kind = reader.uint8();
  if (kind === 1) {
    if (!filtered) return { kind: "single", address: reader.address(), bytes: undefined, mask: 0 };
    if (wide) throw new StorageError("a single chunk of version 5");
    const [bytes, mask] = [reader.count(), reader.uint32()];
    return { kind: "single", address: reader.address(), bytes, mask };
  }
  if (kind === 2) return { kind: "implicit", address: reader.address() };
  if (kind !== 3 && kind !== 4) throw new StorageError(`a chunk index of kind ${kind}`);
  // Numbers that the header of the array has too.
  reader.bytes(kind === 3 ? 1 : 5);
  return { kind: kind === 3 ? "fixedArray" : "extensibleArray", address: reader.address() };
}

/** Fill values are written when storage is allocated, never, or when there is one. */
const neverFilled = 1;

/**
 * Fill values of versions 1 to 3 (spec IV.A.2.f); undefined for zeros. A StorageError where what was not written is
 * not said to be filled.
 */
export function readFill(messages: readonly HeaderMessage[]): Buffer | undefined {
  const reader = onlyMessage(messages, messageType.fill);
  if (!reader) throw new StorageError("a dataset that does not say what is not written");
  let defined: boolean;
  let given: boolean;
  let time: number;
  if (reader.version("a fill value", 1, 2, 3) < 3) {
    reader.bytes(1);
    time = reader.uint8();
    defined = reader.uint8() !== 0;
    given = defined;
  } else {
    const flags = reader.uint8();
    time = (flags >> 2) & 3;
    defined = (flags & 0x10) === 0;
    given = (flags & 0x20) !== 0;
  }
  reader.expect(time !== neverFilled && defined, "storage that is never filled, or with nothing");
  const bytes = given ? reader.bytes(reader.uint32()) : undefined;
  return bytes?.some((byte) => byte !== 0) ? bytes : undefined;
}
