import { align8, ByteWriter } from "./byte-writer.ts";

/** Types of header messages (spec IV.A.2). */
export const MessageType = {
  dataspace: 0x0001,
  datatype: 0x0003,
  fillValue: 0x0005,
  layout: 0x0008,
  filterPipeline: 0x000b,
  attribute: 0x000c,
  symbolTable: 0x0011,
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** One message of an object header, its data not padded. */
export interface Message {
  readonly type: MessageType;
  readonly data: Uint8Array;
}

/** Data of a message at most: its length has 16 bits and is a multiple of eight. */
export const maximumMessageBytes = 65_528;
/** Messages of one header at most: their number has 16 bits. */
export const maximumMessages = 65_535;

const prefixBytes = 16;
const messagePrefixBytes = 8;

/** What never changes once a dataset is made; the library keeps copies of it. */
const constant: ReadonlySet<MessageType> = new Set([
  MessageType.datatype,
  MessageType.fillValue,
  MessageType.filterPipeline,
]);

/** Bytes of the header of an object with messages of these lengths. */
export function objectHeaderBytes(messageLengths: Iterable<number>): number {
  let bytes = prefixBytes;
  for (const length of messageLengths) bytes += messageHeaderBytes(length);
  return bytes;
}

/** What a message of this length takes of the header. */
export function messageHeaderBytes(length: number): number {
  return messagePrefixBytes + align8(length);
}

/** Object header, version 1 (spec IV.A.1.a), in one block, with one hard link to it. */
export function objectHeader(messages: readonly Message[]): Uint8Array {
  let bytes = prefixBytes;
  for (const { data } of messages) bytes += messageHeaderBytes(data.length);
  const writer = new ByteWriter(bytes)
    .uint8(1, 0)
    .uint16(messages.length)
    .uint32(1, bytes - prefixBytes, 0);
  for (const { type, data } of messages) {
    writer.uint16(type, align8(data.length)).uint8(constant.has(type) ? 1 : 0, 0, 0, 0);
    writer.bytes(data).align();
  }
  return writer.finish();
}
