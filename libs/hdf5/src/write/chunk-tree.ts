import { ByteWriter } from "./byte-writer.ts";
import { cellIndex } from "./cell.ts";
import type { ChunkIndex, ChunkRecord } from "./chunk-index.ts";
import { share } from "./share.ts";

/** Half the children of a full node: superblock 0 has no room for another number. */
const chunkK = 32;
const prefixBytes = 24;

/** The grid that a dataset is cut along. */
export interface ChunkShape {
  readonly chunk: readonly number[];
  /** Number of chunks on each axis; that of axis 0 may still grow and is not used. */
  readonly counts: readonly number[];
  readonly itemBytes: number;
}

/**
 * Nodes of the version 1 B-tree over the chunks of a dataset (spec III.A.1, node type 1), level by level, one after
 * another in the file from `start` on. The root is the last one. Nothing without chunks.
 */
export function* chunkTree(index: ChunkIndex, shape: ChunkShape, start: number): Generator<Uint8Array, void> {
  const bytes = nodeBytes(shape);
  let level = 0;
  let address = start;
  let count = index.count;
  let children: Iterator<Child, Child> = chunkChildren(index, shape);
  while (count > 0) {
    const nodes = Math.ceil(count / (2 * chunkK));
    const parents: Child[] = [];
    let child = children.next();
    for (let node = 0; node < nodes; node++, address += bytes) {
      const [first, end] = share(count, nodes, node);
      const writer = new ByteWriter(bytes)
        .ascii("TREE")
        .uint8(1, level)
        .uint16(end - first);
      writer.address(node === 0 ? undefined : address - bytes);
      writer.address(node === nodes - 1 ? undefined : address + bytes);
      parents.push({ key: child.value.key, address });
      for (let place = first; place < end; place++) {
        writer.bytes(child.value.key).address(child.value.address);
        child = children.next();
      }
      writer.bytes(child.value.key);
      yield writer.zeros(bytes - writer.length).finish();
    }
    if (nodes === 1) return;
    children = ended(parents, child.value);
    count = nodes;
    level += 1;
  }
}

/** Bytes of the whole tree. */
export function chunkTreeBytes(chunks: number, shape: ChunkShape): number {
  let nodes = 0;
  for (let count = chunks; count > 0; ) {
    count = Math.ceil(count / (2 * chunkK));
    nodes += count;
    if (count === 1) break;
  }
  return nodes * nodeBytes(shape);
}

/** Address of the root of a tree that begins at `start`; undefined without chunks. */
export function chunkTreeRoot(chunks: number, shape: ChunkShape, start: number): number | undefined {
  return chunks === 0 ? undefined : start + chunkTreeBytes(chunks, shape) - nodeBytes(shape);
}

/** A chunk or a node with the key before it. */
interface Child {
  readonly key: Uint8Array;
  readonly address: number;
}

/** Nodes have room for all children, whether they have them or not. */
function nodeBytes({ chunk }: ChunkShape): number {
  return prefixBytes + 2 * chunkK * 8 + (2 * chunkK + 1) * keyBytes(chunk.length);
}

function keyBytes(rank: number): number {
  return 8 + 8 * (rank + 1);
}

/** The chunks; the last key is that of the chunk after the last, without which the last one reads as fill. */
function* chunkChildren(index: ChunkIndex, shape: ChunkShape): Generator<Child, Child> {
  let last: ChunkRecord | undefined;
  for (const record of index.sorted()) {
    yield { key: chunkKey(record, shape), address: record.address };
    last = record;
  }
  return { key: keyAfter(last as ChunkRecord, shape), address: 0 };
}

function* ended(parents: readonly Child[], after: Child): Generator<Child, Child> {
  yield* parents;
  return after;
}

function chunkKey({ cell, bytes, filterMask }: ChunkRecord, { chunk, counts }: ChunkShape): Uint8Array {
  const writer = new ByteWriter(keyBytes(chunk.length)).uint32(bytes, filterMask);
  for (const [axis, index] of cellIndex(cell, counts).entries()) writer.uint64(index * (chunk[axis] as number));
  return writer.uint64(0).finish();
}

function keyAfter({ cell }: ChunkRecord, { chunk, counts, itemBytes }: ChunkShape): Uint8Array {
  const writer = new ByteWriter(keyBytes(chunk.length)).uint32(0, 0);
  for (const [axis, index] of cellIndex(cell, counts).entries()) writer.uint64((index + 1) * (chunk[axis] as number));
  return writer.uint64(itemBytes).finish();
}
