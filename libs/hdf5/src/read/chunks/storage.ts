import { readHeader } from "./object-header.ts";
import { StorageError, type StoredFile } from "./stored-file.ts";
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

/** How a dataset is stored in chunks. */
export interface ChunkStorage {
  readonly index: IndexPlace;
  readonly chunk: readonly number[];
  readonly itemBytes: number;
  /** An element of chunks that are missing; undefined for zeros. */
  readonly fill: Buffer | undefined;
}

const fillMessage = 5;
const layoutMessage = 8;

/** Reads from an object header how its dataset is stored; a StorageError for what is not understood here. */
export async function readChunkStorage(file: StoredFile, address: number): Promise<ChunkStorage> {
  const messages = await readHeader(file, address);
  const layout = messages.find(({ type }) => type === layoutMessage);
  if (!layout) throw new StorageError("a dataset without a layout");
  const fill = messages.find(({ type }) => type === fillMessage);
  return { ...readLayout(layout.data), fill: fill && readFill(fill.data) };
}

/** Layout messages of versions 3 and 4 (spec IV.A.2.i); version 5 differs in nothing that is read here. */
function readLayout(data: Buffer): Omit<ChunkStorage, "fill"> {
  const reader = new StructureReader(data);
  const version = reader.version("a layout", 3, 4, 5);
  reader.version("a layout in chunks", 2);
  if (version === 3) {
    const rank = reader.uint8() - 1;
    const address = reader.address();
    const chunk = Array.from({ length: rank }, () => reader.uint32());
    return { index: { kind: "tree", address }, chunk, itemBytes: reader.uint32() };
  }
  const flags = reader.uint8();
  if (flags & 1) throw new StorageError("edges that are not filtered");
  const rank = reader.uint8() - 1;
  const lengthBytes = reader.uint8();
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

/** Fill values of versions 1 to 3 (spec IV.A.2.f). */
function readFill(data: Buffer): Buffer | undefined {
  const reader = new StructureReader(data);
  let defined: boolean;
  if (reader.version("a fill value", 1, 2, 3) < 3) {
    reader.bytes(2);
    defined = reader.uint8() !== 0;
  } else defined = (reader.uint8() & 0x20) !== 0;
  const bytes = defined ? reader.bytes(reader.uint32()) : undefined;
  return bytes?.some((byte) => byte !== 0) ? bytes : undefined;
}
