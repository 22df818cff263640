import { BinaryReader } from "@bufbuild/protobuf/wire";
import { crc32c } from "@node-rs/crc32";
import { Code, SluiceError } from "@sluice/core";
import {
  AnalyzeOpen,
  ArrayChunk,
  ArrayEnd,
  ArraySpec,
  DatasetSpec,
  ExportOpen,
  RaggedChunk,
  StreamEnd,
  TableBatch,
  TableSpec,
} from "@sluice/proto";
import { type FrameContent, type FrameKind, kindOfField } from "./frame-kind.ts";
import { malformed } from "./malformed.ts";
import { WireReader } from "./wire-reader.ts";

/** Most axes that a chunk may have: what a receiver allocates for a message stays in proportion to its size. */
const maximumAxes = 64;
/** Most columns of a table batch, and most rows of a ragged chunk. */
const maximumColumns = 16_384;
const maximumRowLengthBytes = 4 * 1024 * 1024;

/** Where the parts of an encoded ExportRequest lie, found without decoding them. */
export type RequestHead = OpenHead | FrameHead;

export interface OpenHead {
  readonly kind: "open";
  readonly start: number;
  readonly end: number;
}

export interface FrameHead {
  readonly kind: FrameKind;
  readonly sequence: number;
  /** Range of the content's message. */
  readonly start: number;
  readonly end: number;
  /** Payload bytes, as core's `payloadBytes` counts them. */
  readonly payloadBytes: number;
}

/** Finds kind, sequence and payload length of an encoded ExportRequest. @throws FRAME_MALFORMED */
export function peekRequest(bytes: Uint8Array): RequestHead {
  const reader = new WireReader(bytes);
  let message: WireReader | undefined;
  let isOpen = false;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a || tag === 0x12) {
      message = reader.enter();
      isOpen = tag === 0x0a;
    } else reader.skip(tag);
  }
  if (message === undefined) throw malformed("a message with neither an opening nor a frame");
  return isOpen ? { kind: "open", start: message.position, end: message.end } : peekFrame(message);
}

function peekFrame(reader: WireReader): FrameHead {
  let sequence = 0;
  let kind: FrameKind | undefined;
  let content: WireReader | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const found = (tag & 7) === 2 ? kindOfField.get(tag >>> 3) : undefined;
    if (found) {
      kind = found;
      content = reader.enter();
    } else if (tag === 0x08) sequence = reader.varint();
    else reader.skip(tag);
  }
  if (kind === undefined || content === undefined) throw malformed("a frame without content", sequence);
  const { position: start, end } = content;
  return { kind, sequence, start, end, payloadBytes: payloadBytes(kind, content) };
}

function payloadBytes(kind: FrameKind, content: WireReader): number {
  switch (kind) {
    case "chunk":
    case "ragged":
      return lengthOfData(content);
    case "batch": {
      let bytes = 0;
      let columns = 0;
      for (let tag = content.tag(); tag !== 0; tag = content.tag()) {
        if (tag === 0x22) {
          columns += 1;
          if (columns > maximumColumns) throw malformed(`a batch of more than ${maximumColumns} columns`);
          bytes += lengthOfData(content.enter());
        } else content.skip(tag);
      }
      return bytes;
    }
    default:
      return 0;
  }
}

/** Length of field 15, where chunks, ragged chunks and column buffers keep their data. */
function lengthOfData(message: WireReader): number {
  let length = 0;
  for (let tag = message.tag(); tag !== 0; tag = message.tag()) {
    if (tag === 0x7a) {
      const data = message.enter();
      length = data.end - data.position;
    } else message.skip(tag);
  }
  return length;
}

/** Decodes the opening message that `head` points at. @throws FRAME_MALFORMED */
export function decodeOpen(bytes: Uint8Array, head: OpenHead): ExportOpen {
  return decodeWhole(ExportOpen, bytes.subarray(head.start, head.end));
}

/** Decodes the opening message of an analysis that `head` points at. @throws FRAME_MALFORMED */
export function decodeAnalyzeOpen(bytes: Uint8Array, head: OpenHead): AnalyzeOpen {
  return decodeWhole(AnalyzeOpen, bytes.subarray(head.start, head.end));
}

/**
 * Decodes the content that `head` points at. Payloads are views of `bytes`.
 *
 * @throws FRAME_MALFORMED, or CRC_MISMATCH when a payload is not what its sender had
 */
export function decodeContent(bytes: Uint8Array, head: FrameHead): FrameContent {
  const { kind, sequence, start, end } = head;
  switch (kind) {
    case "chunk": {
      const value = decodeChunk(new WireReader(bytes, start, end), sequence);
      checkCrc(value, sequence);
      return { $case: kind, value };
    }
    case "ragged": {
      checkRowLengths(new WireReader(bytes, start, end), sequence);
      const value = decodeWhole(RaggedChunk, bytes.subarray(start, end), sequence);
      checkCrc(value, sequence);
      return { $case: kind, value };
    }
    default:
      return {
        $case: kind,
        value: decodeWhole<FrameContent["value"]>(codecs[kind], bytes.subarray(start, end), sequence),
      } as FrameContent;
  }
}

const codecs = {
  dataset: DatasetSpec,
  array: ArraySpec,
  table: TableSpec,
  batch: TableBatch,
  arrayEnd: ArrayEnd,
  streamEnd: StreamEnd,
};

function decodeChunk(reader: WireReader, sequence: number): ArrayChunk {
  const chunk: ArrayChunk = { arrayId: 0, offset: [], shape: [], crc32c: undefined, data: empty };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 0x08:
        chunk.arrayId = reader.varint();
        break;
      case 0x10:
      case 0x12:
        readIntegers(reader, tag, chunk.offset, sequence);
        break;
      case 0x18:
      case 0x1a:
        readIntegers(reader, tag, chunk.shape, sequence);
        break;
      case 0x25:
        chunk.crc32c = reader.fixed32();
        break;
      case 0x7a:
        chunk.data = reader.enter().view();
        break;
      default:
        reader.skip(tag);
    }
  }
  return chunk;
}

const empty = new Uint8Array(0);

/** A repeated integer, packed or not. */
function readIntegers(reader: WireReader, tag: number, into: number[], sequence: number): void {
  if ((tag & 7) === 2) {
    const packed = reader.enter();
    while (packed.position < packed.end && into.length <= maximumAxes) into.push(packed.varint());
  } else into.push(reader.varint());
  if (into.length > maximumAxes) throw malformed(`a chunk of more than ${maximumAxes} axes`, sequence);
}

function checkRowLengths(reader: WireReader, sequence: number): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const start = reader.position;
    reader.skip(tag);
    if (tag === 0x1a && reader.position - start > maximumRowLengthBytes) {
      throw malformed(`row lengths of more than ${maximumRowLengthBytes} bytes`, sequence);
    }
  }
}

interface Codec<Message> {
  decode(reader: BinaryReader): Message;
}

/** Decodes with a generated codec, which must take every byte: it stops early at a tag of 0. */
function decodeWhole<Message>(codec: Codec<Message>, bytes: Uint8Array, sequence?: number): Message {
  const reader = new BinaryReader(bytes);
  let message: Message;
  try {
    message = codec.decode(reader);
  } catch (error) {
    throw new SluiceError(malformed(error instanceof Error ? error.message : String(error), sequence).problem, {
      cause: error,
    });
  }
  if (reader.pos !== bytes.length) throw malformed(`${bytes.length - reader.pos} bytes behind the message`, sequence);
  return message;
}

function checkCrc(chunk: ArrayChunk | RaggedChunk, sequence: number): void {
  if (chunk.crc32c === undefined) return;
  const actual = crc32c(chunk.data);
  if (actual === chunk.crc32c) return;
  throw new SluiceError({
    reason: "CRC_MISMATCH",
    message: `The payload of frame ${sequence} is not what its sender had.`,
    field: "frames",
    got: `CRC-32C 0x${actual.toString(16).padStart(8, "0")}`,
    allowed: [`0x${chunk.crc32c.toString(16).padStart(8, "0")}`],
    remedy: "Send the stream again; if it happens again, memory or a network device damages data.",
    grpcCode: Code.DATA_LOSS,
    sequence,
    retryable: true,
  });
}
