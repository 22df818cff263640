import { ByteWriter } from "./byte-writer.ts";
import type { GroupWidths, SymbolTablePlace } from "./symbol-table.ts";

export const superblockBytes = 96;

/** Where the root group is. */
export interface RootPlace {
  readonly header: number;
  readonly table: SymbolTablePlace;
}

/** Superblock, version 0 (spec II.A), for files that begin at offset 0, with the symbol table entry of the root. */
export function superblock(widths: GroupWidths, endOfFile: number, root: RootPlace): Uint8Array {
  const groupEntry = 1;
  return new ByteWriter(superblockBytes)
    .uint8(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)
    .uint8(0, 0, 0, 0, 0, 8, 8, 0)
    .uint16(widths.leafK, widths.internalK)
    .uint32(0)
    .address(0)
    .address(undefined)
    .address(endOfFile)
    .address(undefined)
    .uint64(0)
    .address(root.header)
    .uint32(groupEntry, 0)
    .address(root.table.tree)
    .address(root.table.heap)
    .finish();
}
