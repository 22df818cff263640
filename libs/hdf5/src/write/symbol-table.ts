import { align8, ByteWriter } from "./byte-writer.ts";
import { share } from "./share.ts";

/** Numbers of entries in nodes, for the whole file: leaves hold up to 2K links, inner nodes up to 2K children. */
export interface GroupWidths {
  readonly leafK: number;
  readonly internalK: number;
}

/** A link of a group, its name and target in UTF-8. */
export interface NamedLink {
  readonly name: Uint8Array;
  readonly target: LinkTarget;
}

/** The object that a link leads to, by the number that it has in this file, or the path that a soft link names. */
export type LinkTarget = { readonly object: number } | { readonly path: Uint8Array };

/** Addresses of a group's two structures. */
export interface SymbolTablePlace {
  readonly tree: number;
  readonly heap: number;
}

/** Where an object stands; groups carry the place of their own links, which entries repeat. */
export interface ObjectPlace {
  readonly header: number;
  readonly table?: SymbolTablePlace;
}

const heapPrefixBytes = 32;
const entryBytes = 40;
const nodePrefixBytes = 24;
/** Names begin after the empty one, the key below all others. */
const firstNameAt = 8;

const symbolNodeBytes = ({ leafK }: GroupWidths): number => 8 + 2 * leafK * entryBytes;
const treeNodeBytes = ({ internalK }: GroupWidths): number =>
  nodePrefixBytes + 16 * internalK + 8 * (2 * internalK + 1);

/**
 * The links of one group as a symbol table (spec III.A.1, III.B, III.D): local heap with the names, symbol table nodes
 * with the links, and the B-tree over them. All lengths are known before any address is.
 */
export class SymbolTable {
  readonly #links: readonly NamedLink[];
  readonly #heapDataBytes: number;

  /** @param links in any order, names all different */
  constructor(links: readonly NamedLink[]) {
    // Readers search by the bytes of UTF-8; the order of JavaScript's strings is another one beyond U+FFFF.
    this.#links = links.length > 1 ? links.toSorted((a, b) => Buffer.compare(a.name, b.name)) : links;
    this.#heapDataBytes = links.reduce((sum, link) => sum + heapBytes(link), firstNameAt);
  }

  /** Bytes of the whole table. */
  bytes(widths: GroupWidths): number {
    const nodes = treeLevels(this.#links.length, widths);
    const trees = nodes.reduce((sum, count) => sum + count, 0);
    return this.#heapBytes + this.#leaves(widths) * symbolNodeBytes(widths) + trees * treeNodeBytes(widths);
  }

  /** Addresses of the structures when the table begins at `start`. */
  place(start: number, widths: GroupWidths): SymbolTablePlace {
    return { heap: start, tree: start + this.bytes(widths) - treeNodeBytes(widths) };
  }

  /** The table as it stands at `start`. */
  encode(start: number, widths: GroupWidths, placeOf: (object: number) => ObjectPlace): Uint8Array {
    const writer = new ByteWriter(this.bytes(widths));
    const names = this.#writeHeap(writer, start);
    this.#writeSymbols(writer, widths, names, placeOf);
    this.#writeTree(writer, start, widths, names);
    return writer.finish();
  }

  get #heapBytes(): number {
    return heapPrefixBytes + this.#heapDataBytes;
  }

  #leaves({ leafK }: GroupWidths): number {
    return Math.ceil(this.#links.length / (2 * leafK));
  }

  /** Offsets of the names; targets of soft links stand behind them. */
  #writeHeap(writer: ByteWriter, start: number): number[] {
    const noFreeBlock = 1;
    writer
      .ascii("HEAP")
      .uint32(0)
      .uint64(this.#heapDataBytes, noFreeBlock)
      .address(start + heapPrefixBytes);
    writer.zeros(firstNameAt);
    let at = firstNameAt;
    return this.#links.map((link) => {
      const nameAt = at;
      writer.bytes(link.name).zeros(1).align();
      if ("path" in link.target) writer.bytes(link.target.path).zeros(1).align();
      at += heapBytes(link);
      return nameAt;
    });
  }

  #writeSymbols(
    writer: ByteWriter,
    { leafK }: GroupWidths,
    names: readonly number[],
    placeOf: (object: number) => ObjectPlace,
  ): void {
    const capacity = 2 * leafK;
    for (let first = 0; first < this.#links.length; first += capacity) {
      const links = this.#links.slice(first, first + capacity);
      writer.ascii("SNOD").uint8(1, 0).uint16(links.length);
      for (const [index, link] of links.entries()) writeEntry(writer, link, names[first + index] as number, placeOf);
      writer.zeros((capacity - links.length) * entryBytes);
    }
  }

  #writeTree(writer: ByteWriter, start: number, widths: GroupWidths, names: readonly number[]): void {
    const bytes = treeNodeBytes(widths);
    const leafBytes = symbolNodeBytes(widths);
    let children = Array.from({ length: this.#leaves(widths) }, (_, leaf) => {
      const last = Math.min(names.length, (leaf + 1) * 2 * widths.leafK) - 1;
      return { address: start + this.#heapBytes + leaf * leafBytes, lastName: names[last] as number };
    });
    for (const [level, count] of treeLevels(this.#links.length, widths).entries()) {
      const levelStart = start + writer.length;
      const nodes: typeof children = [];
      for (let node = 0; node < count; node++) {
        const [first, end] = share(children.length, count, node);
        const own = children.slice(first, end);
        const nodeStart = writer.length;
        const address = levelStart + node * bytes;
        writer.ascii("TREE").uint8(0, level).uint16(own.length);
        writer.address(node === 0 ? undefined : address - bytes);
        writer.address(node === count - 1 ? undefined : address + bytes);
        // A key is the greatest name before it: a wrong last key leaves links listed that cannot be opened.
        writer.uint64(children[first - 1]?.lastName ?? 0);
        for (const child of own) writer.address(child.address).uint64(child.lastName);
        writer.zeros(nodeStart + bytes - writer.length);
        nodes.push({ address, lastName: own.at(-1)?.lastName ?? 0 });
      }
      children = nodes;
    }
  }
}

/** The widths that need the fewest bytes for these groups. Every group has a tree node: they are best kept small. */
export function bestWidths(tables: readonly SymbolTable[]): GroupWidths {
  const choices = [2, 4, 8, 16, 32, 64].map((leafK) => ({ leafK, internalK: 4 }));
  const sizes = choices.map((widths) => tables.reduce((sum, table) => sum + table.bytes(widths), 0));
  return choices[sizes.indexOf(Math.min(...sizes))] as GroupWidths;
}

/** Numbers of tree nodes, from the lowest level to the root. A group without links has one, too. */
function treeLevels(links: number, { leafK, internalK }: GroupWidths): number[] {
  const levels: number[] = [];
  let children = Math.ceil(links / (2 * leafK));
  do {
    children = Math.max(1, Math.ceil(children / (2 * internalK)));
    levels.push(children);
  } while (children > 1);
  return levels;
}

function heapBytes({ name, target }: NamedLink): number {
  return align8(name.length + 1) + ("path" in target ? align8(target.path.length + 1) : 0);
}

/** Symbol table entry (spec III.C). */
function writeEntry(
  writer: ByteWriter,
  { name, target }: NamedLink,
  nameAt: number,
  placeOf: (object: number) => ObjectPlace,
): void {
  const cached = { nothing: 0, group: 1, softLink: 2 };
  writer.uint64(nameAt);
  if ("path" in target) {
    const pathAt = nameAt + align8(name.length + 1);
    writer.address(undefined).uint32(cached.softLink, 0, pathAt).zeros(12);
    return;
  }
  const { header, table } = placeOf(target.object);
  writer.address(header).uint32(table ? cached.group : cached.nothing, 0);
  if (table) writer.address(table.tree).address(table.heap);
  else writer.zeros(16);
}
