import { inflateSync } from "node:zlib";
import { unshuffle } from "@sluice/codec";
import { ByteReader, expect } from "./byte-reader.ts";
import { type ChunkFacts, readChunks } from "./chunks.ts";
import { type DatatypeFacts, readDatatype } from "./datatype.ts";
import type { Extents } from "./extents.ts";
import { type MessageFacts, readDataspace } from "./header.ts";

/** A dataset as the file has it. */
export interface DatasetFacts {
  /** undefined for the null space. */
  readonly shape: readonly number[] | undefined;
  readonly storage: "compact" | "contiguous" | "chunked";
  readonly chunks: readonly ChunkFacts[];
  /** Identifiers of the filters in the order of writing. */
  readonly filters: readonly number[];
}

/** Calls back for every piece of elements of a dataset, filters undone. */
export type OnElements = (elements: Uint8Array, type: DatatypeFacts) => void;

/** Reads the messages and the elements of a dataset. */
export function readDataset(
  file: Uint8Array,
  extents: Extents,
  messages: readonly MessageFacts[],
  onElements: OnElements,
): DatasetFacts {
  const only = (type: number): ByteReader | undefined => {
    const found = messages.filter((message) => message.type === type);
    expect(found.length <= 1, `message ${type} twice`);
    return found[0] && new ByteReader(found[0].data);
  };
  const required = (type: number): ByteReader => only(type) ?? new ByteReader(new Uint8Array(0));
  const space = readDataspace(required(0x0001));
  const type = readDatatype(required(0x0003));
  const allocation = readFill(required(0x0005), type.bytes);
  const pipeline = only(0x000b);
  const filters = pipeline ? readFilters(pipeline, type.bytes) : [];
  const elements = (space?.shape ?? [0]).reduce((product, length) => product * length, 1);
  const layout = required(0x0008);
  expect(layout.uint8() === 3, "a layout of another version than 3");
  const facts = { shape: space?.shape, filters, chunks: [] };
  switch (layout.uint8()) {
    case 0: {
      const data = layout.bytes(layout.uint16());
      expect(allocation === 1 && data.length === elements * type.bytes, `${data.length} bytes of compact data`);
      onElements(data, type);
      return { ...facts, storage: "compact" };
    }
    case 1: {
      const [address, bytes] = [layout.address(), layout.uint64()];
      expect(allocation === 2 && bytes === elements * type.bytes, `${bytes} bytes in one piece`);
      expect(address === undefined || bytes > 0, "an address of no elements");
      if (address !== undefined) {
        extents.claim(address, bytes, "elements");
        onElements(file.subarray(address, address + bytes), type);
      }
      return { ...facts, storage: "contiguous" };
    }
    default: {
      const rank = layout.uint8();
      expect(allocation === 3 && rank === (space?.shape.length ?? 0) + 1, `a layout of rank ${rank}`);
      const root = layout.address();
      const chunk = Array.from({ length: rank - 1 }, () => layout.uint32());
      expect(layout.uint32() === type.bytes, "a layout of other elements");
      const chunks = root === undefined ? [] : readChunks(file, extents, root, chunk, type.bytes);
      const chunkBytes = chunk.reduce((product, length) => product * length, type.bytes);
      for (const found of chunks) {
        expect(
          found.offset.every((start, axis) => start < (space?.shape[axis] as number)),
          `the chunk at [${found.offset.join(", ")}] is beyond the edge`,
        );
        const data = unfiltered(file.subarray(found.address, found.address + found.bytes), filters, found, type.bytes);
        expect(data.length === chunkBytes, `a chunk of ${data.length} bytes`);
        onElements(data, type);
      }
      return { ...facts, chunks, storage: "chunked" };
    }
  }
}

function readFill(reader: ByteReader, itemBytes: number): number {
  expect(reader.uint8() === 2, "a fill value of another version than 2");
  const allocation = reader.uint8();
  expect(reader.uint8() === 2 && reader.uint8() === 1, "a fill value that is not defined");
  const bytes = reader.uint32();
  expect(bytes === 0 || bytes === itemBytes, `a fill value of ${bytes} bytes`);
  reader.bytes(bytes);
  return allocation;
}

function readFilters(reader: ByteReader, itemBytes: number): number[] {
  expect(reader.uint8() === 1, "a filter pipeline of another version than 1");
  const count = reader.uint8();
  reader.zeros(6);
  return Array.from({ length: count }, () => {
    const id = reader.uint16();
    expect(reader.uint16() === 8 && reader.uint16() === 1 && reader.uint16() === 1, `filter ${id}`);
    const name = reader.ascii(8);
    expect(name === (id === 2 ? "shuffle\0" : "deflate\0"), `filter ${id} is ${name}`);
    const parameter = reader.uint32();
    expect(id === 2 ? parameter === itemBytes : parameter <= 9, `filter ${id} of ${parameter}`);
    reader.zeros(4);
    return id;
  });
}

function unfiltered(bytes: Uint8Array, filters: readonly number[], chunk: ChunkFacts, itemBytes: number): Uint8Array {
  expect(chunk.filterMask < 2 ** filters.length, `filter mask ${chunk.filterMask}`);
  let data = bytes;
  for (let place = filters.length - 1; place >= 0; place--) {
    if ((chunk.filterMask >> place) & 1) continue;
    data = filters[place] === 1 ? inflateSync(data) : unshuffle(data, itemBytes);
  }
  return data;
}
