import { crc32c } from "@node-rs/crc32";
import {
  type AnalyzeOpen,
  AnalyzeRequest,
  type ArrayChunk,
  type ExportOpen,
  ExportRequest,
  type Frame,
} from "@sluice/proto";

/** An opening message as the bytes of an ExportRequest. */
export function encodeOpen(open: ExportOpen): Buffer {
  return asBuffer(ExportRequest.encode({ message: { $case: "open", value: open } }).finish());
}

/** An opening message as the bytes of an AnalyzeRequest. */
export function encodeAnalyzeOpen(open: AnalyzeOpen): Buffer {
  return asBuffer(AnalyzeRequest.encode({ message: { $case: "open", value: open } }).finish());
}

/**
 * A frame as the bytes of an ExportRequest, and so of an AnalyzeRequest and an AnalyzeResponse, under the given sequence, with the CRC-32C of its payload.
 * A CRC that the frame brings along is kept: it also covers the way here. Chunks are copied once, into the result.
 */
export function encodeFrame(frame: Frame, sequence: number): Buffer {
  const { content } = frame;
  if (content?.$case === "chunk") return encodeChunk(content.value, sequence);
  if (content?.$case === "ragged") {
    const value = { ...content.value, crc32c: content.value.crc32c ?? crc32c(content.value.data) };
    return encodeGenerated({ sequence, content: { $case: "ragged", value } });
  }
  return encodeGenerated({ sequence, content });
}

function encodeGenerated(frame: Frame): Buffer {
  return asBuffer(ExportRequest.encode({ message: { $case: "frame", value: frame } }).finish());
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

// Tags: field number << 3 | wire type, of ExportRequest.frame, Frame and ArrayChunk.
const frameTag = 0x12;
const sequenceTag = 0x08;
const chunkTag = 0x2a;
const arrayIdTag = 0x08;
const offsetTag = 0x12;
const shapeTag = 0x1a;
const crcTag = 0x25;
const dataTag = 0x7a;

/** ExportRequest{frame{sequence, chunk}} in one buffer, byte for byte as the generated codec writes it. */
function encodeChunk(chunk: ArrayChunk, sequence: number): Buffer {
  const { arrayId, offset, shape, data } = chunk;
  const offsetBytes = packedBytes(offset);
  const shapeBytes = packedBytes(shape);
  const chunkBytes =
    optionalBytes(arrayId) +
    (offsetBytes && 1 + varintBytes(offsetBytes) + offsetBytes) +
    (shapeBytes && 1 + varintBytes(shapeBytes) + shapeBytes) +
    5 +
    (data.length && 1 + varintBytes(data.length) + data.length);
  const frameBytes = optionalBytes(sequence) + 1 + varintBytes(chunkBytes) + chunkBytes;

  const out = Buffer.allocUnsafe(1 + varintBytes(frameBytes) + frameBytes);
  let at = writeField(out, 0, frameTag, frameBytes);
  if (sequence !== 0) at = writeField(out, at, sequenceTag, sequence);
  at = writeField(out, at, chunkTag, chunkBytes);
  if (arrayId !== 0) at = writeField(out, at, arrayIdTag, arrayId);
  at = writePacked(out, at, offsetTag, offset, offsetBytes);
  at = writePacked(out, at, shapeTag, shape, shapeBytes);
  out[at] = crcTag;
  at = out.writeUInt32LE(chunk.crc32c ?? crc32c(data), at + 1);
  if (data.length > 0) {
    at = writeField(out, at, dataTag, data.length);
    out.set(data, at);
  }
  return out;
}

function optionalBytes(value: number): number {
  return value === 0 ? 0 : 1 + varintBytes(value);
}

function packedBytes(values: readonly number[]): number {
  let bytes = 0;
  for (const value of values) bytes += varintBytes(value);
  return bytes;
}

function varintBytes(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no unsigned integer.`);
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}

function writeField(out: Buffer, at: number, tag: number, value: number): number {
  out[at] = tag;
  return writeVarint(out, at + 1, value);
}

function writePacked(out: Buffer, at: number, tag: number, values: readonly number[], bytes: number): number {
  if (bytes === 0) return at;
  let next = writeField(out, at, tag, bytes);
  for (const value of values) next = writeVarint(out, next, value);
  return next;
}

function writeVarint(out: Buffer, at: number, value: number): number {
  let next = at;
  let rest = value;
  while (rest >= 128) {
    out[next] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
    next += 1;
  }
  out[next] = rest;
  return next + 1;
}
