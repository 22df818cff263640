import { ByteWriter } from "./byte-writer.ts";

/** When the library makes room for elements that were never written (spec IV.A.2.f). */
const allocation = { compact: 1, contiguous: 2, chunked: 3 } as const;

/** How the elements of a dataset lie in the file. */
export type StorageClass = keyof typeof allocation;

/**
 * Fill value message, version 2 (spec IV.A.2.f): written where elements are missing, if it is set; without a value it
 * is zero.
 */
export function fillValueMessage(storage: StorageClass, value: Uint8Array = new Uint8Array(0)): Uint8Array {
  const ifSet = 2;
  return new ByteWriter().uint8(2, allocation[storage], ifSet, 1).uint32(value.length).bytes(value).finish();
}

/** Data layout message, version 3 (spec IV.A.2.i): the elements stand in the message. */
export function compactLayout(data: Uint8Array): Uint8Array {
  return new ByteWriter(4 + data.length).uint8(3, 0).uint16(data.length).bytes(data).finish();
}

/** Elements in one piece; no address when there are none, or none was written. */
export function contiguousLayout(address: number | undefined, bytes: number): Uint8Array {
  return new ByteWriter().uint8(3, 1).address(address).uint64(bytes).finish();
}

/**
 * Elements in chunks, found through a B-tree; no address when no chunk was written. The rank counts the bytes of an
 * element as one more axis: without it h5py hangs.
 */
export function chunkedLayout(index: number | undefined, chunk: readonly number[], itemBytes: number): Uint8Array {
  return new ByteWriter()
    .uint8(3, 2, chunk.length + 1)
    .address(index)
    .uint32(...chunk, itemBytes)
    .finish();
}

/** Filters of a dataset, in the order in which they are applied on writing. */
export interface FilterDescription {
  readonly id: 1 | 2;
  /** Seven characters. */
  readonly name: "deflate" | "shuffle";
  /** deflate: the level; shuffle: bytes of an element. */
  readonly parameter: number;
}

/** Filter pipeline message, version 1 (spec IV.A.2.l). Chunks may do without a filter, so each is optional. */
export function filterPipelineMessage(filters: readonly FilterDescription[]): Uint8Array {
  const optional = 1;
  const nameBytes = 8;
  const writer = new ByteWriter().uint8(1, filters.length).zeros(6);
  for (const { id, name, parameter } of filters) {
    writer.uint16(id, nameBytes, optional, 1).ascii(`${name}\0`).uint32(parameter, 0);
  }
  return writer.finish();
}
