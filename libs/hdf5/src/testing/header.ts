import { ByteReader, expect } from "./byte-reader.ts";
import type { Extents } from "./extents.ts";

/** A message of an object header. */
export interface MessageFacts {
  readonly type: number;
  readonly data: Uint8Array;
}

/** Reads an object header of version 1 in one block. */
export function readHeader(file: Uint8Array, extents: Extents, address: number): MessageFacts[] {
  const reader = new ByteReader(file, address);
  expect(address % 8 === 0 && reader.uint8() === 1 && reader.uint8() === 0, `no object header at ${address}`);
  const count = reader.uint16();
  expect(reader.uint32() === 1, `an object at ${address} with other than one link`);
  const bytes = reader.uint32();
  reader.zeros(4);
  const messages = Array.from({ length: count }, () => {
    const [type, length] = [reader.uint16(), reader.uint16()];
    expect(length % 8 === 0, `a message of ${length} bytes at ${address}`);
    expect(reader.uint8() <= 1, "a message with flags");
    reader.zeros(3);
    return { type, data: reader.bytes(length) };
  });
  expect(reader.at === address + 16 + bytes, `messages of ${reader.at - address - 16} bytes, not ${bytes}`);
  extents.claim(address, 16 + bytes, "an object header");
  return messages;
}

/** Reads a dataspace; undefined for the null space. */
export function readDataspace(reader: ByteReader): { shape: number[]; maximum: (number | undefined)[] } | undefined {
  const [version, rank, flags] = [reader.uint8(), reader.uint8(), reader.uint8()];
  if (version === 2) {
    expect(rank === 0 && flags === 0 && reader.uint8() === 2, "a dataspace of version 2 that is not null");
    return undefined;
  }
  expect(version === 1 && flags <= 1, `dataspace version ${version}`);
  reader.zeros(5);
  const shape = Array.from({ length: rank }, () => reader.uint64());
  const maximum = flags === 1 ? shape.map(() => reader.address()) : shape;
  for (const [axis, most] of maximum.entries()) {
    expect(most === undefined || most >= (shape[axis] as number), `a length above its maximum ${most}`);
  }
  return { shape, maximum };
}
