import { expect, test } from "@jest/globals";
import { crc32c } from "@node-rs/crc32";
import { SluiceError } from "@sluice/core";
import { ArrayChunk, ExportRequest, Frame, RaggedChunk, TableBatch } from "@sluice/proto";
import fc from "fast-check";
import { EncodedFrame } from "./encoded-frame.ts";
import { encodeFrame, encodeOpen } from "./frame-codec.ts";
import { decodeContent, decodeOpen, type FrameHead, peekRequest } from "./frame-decode.ts";
import { openOf } from "./testing/streams.ts";

const index = fc.oneof(
  fc.constantFrom(0, 127, 128, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER),
  fc.nat(),
  fc.maxSafeNat(),
);
const handle = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const bytes = fc.oneof(fc.uint8Array({ maxLength: 8 }), fc.uint8Array({ minLength: 120, maxLength: 20_000 }));
const chunkOf: fc.Arbitrary<ArrayChunk> = fc.record({
  arrayId: handle,
  offset: fc.array(index, { maxLength: 6 }),
  shape: fc.array(index, { maxLength: 6 }),
  crc32c: fc.constant(undefined),
  data: bytes,
});
const raggedOf: fc.Arbitrary<RaggedChunk> = fc.record({
  arrayId: handle,
  firstRow: index,
  rowLengths: fc.array(index, { maxLength: 40 }),
  elementOffset: index,
  crc32c: fc.constant(undefined),
  data: bytes,
});
const batchOf: fc.Arbitrary<TableBatch> = fc.record({
  tableId: handle,
  firstRow: index,
  rows: handle,
  columns: fc.array(fc.record({ validity: bytes, offsets: bytes, data: bytes }), { maxLength: 5 }),
});

const frameOf = (content: Frame["content"]): Frame => ({ sequence: 0, content });
const generated = (frame: Frame): Buffer =>
  Buffer.from(ExportRequest.encode({ message: { $case: "frame", value: frame } }).finish());

function headOf(request: Uint8Array): FrameHead {
  const head = peekRequest(request);
  if (head.kind === "open") throw new Error("An opening message where a frame was expected.");
  return head;
}

test("chunks are encoded byte for byte as the generated codec does, with the CRC of their data", () => {
  fc.assert(
    fc.property(chunkOf, index, (value, sequence) => {
      const withCrc = { ...value, crc32c: crc32c(value.data) };
      const expected = generated({ sequence, content: { $case: "chunk", value: withCrc } });
      expect(encodeFrame(frameOf({ $case: "chunk", value }), sequence).equals(expected)).toBe(true);
    }),
  );
});

test("chunks are decoded as the generated codec does, without a copy", () => {
  fc.assert(
    fc.property(chunkOf, index, fc.option(fc.integer({ min: 0, max: 2 ** 32 - 1 })), (value, sequence, crc) => {
      const whole = { ...value, ...(crc === null ? {} : { crc32c: crc }) };
      const request = generated({ sequence, content: { $case: "chunk", value: whole } });
      const head = headOf(request);
      expect(head).toMatchObject({ kind: "chunk", sequence, payloadBytes: value.data.length });
      const isRight = crc === null || crc === crc32c(value.data);
      if (!isRight) {
        expect(reasonOf(() => decodeContent(request, head))).toBe("CRC_MISMATCH");
        return;
      }
      const content = decodeContent(request, head);
      expect(normal(content)).toEqual(normal(ExportRequest.decode(request).message!.value as Frame).content);
      const { data } = content.value as ArrayChunk;
      if (data.length > 0) expect(data.buffer).toBe(request.buffer);
    }),
  );
});

test("ragged chunks and table batches keep their values, their payload is counted without decoding", () => {
  fc.assert(
    fc.property(raggedOf, batchOf, index, (ragged, batch, sequence) => {
      const first = encodeFrame(frameOf({ $case: "ragged", value: ragged }), sequence);
      expect(headOf(first)).toMatchObject({ kind: "ragged", sequence, payloadBytes: ragged.data.length });
      expect(normal(decodeContent(first, headOf(first)).value)).toEqual(
        normal({ ...ragged, crc32c: crc32c(ragged.data) }),
      );
      const second = encodeFrame(frameOf({ $case: "batch", value: batch }), sequence);
      const payloadBytes = batch.columns.reduce((sum, { data }) => sum + data.length, 0);
      expect(headOf(second)).toMatchObject({ kind: "batch", sequence, payloadBytes });
      expect(normal(decodeContent(second, headOf(second)).value)).toEqual(normal(batch));
    }),
  );
});

test("a CRC that comes with a chunk is kept, so that damage on the way here is found", () => {
  const value = ArrayChunk.create({ arrayId: 1, offset: [0], shape: [3], data: new Uint8Array([1, 2, 3]), crc32c: 7 });
  const request = encodeFrame(frameOf({ $case: "chunk", value }), 5);
  try {
    decodeContent(request, headOf(request));
    throw new Error("The damage was not found.");
  } catch (error) {
    expect((error as SluiceError).problem).toMatchObject({
      reason: "CRC_MISMATCH",
      grpcCode: 15,
      sequence: 5,
      got: "CRC-32C 0xf130f21e",
      allowed: ["0x00000007"],
    });
  }
});

test("numbers that protobuf cannot hold are refused, not written as others", () => {
  for (const wrong of [-1, 0.5, Number.NaN, 2 ** 53]) {
    const value = ArrayChunk.create({ arrayId: 1, offset: [wrong] });
    expect(() => encodeFrame(frameOf({ $case: "chunk", value }), 1)).toThrow(RangeError);
  }
});

test("fields of a later protocol version are skipped", () => {
  // Field 100 as varint, field 101 as text, in every message on the way to the chunk.
  const unknown = [0xa0, 0x06, 0x05, 0xaa, 0x06, 0x02, 0x68, 0x69];
  const chunk = [0x08, 0x01, ...unknown, 0x7a, 0x02, 0x0a, 0x0b];
  const frame = [...unknown, 0x08, 0x03, 0x2a, chunk.length, ...chunk];
  const request = Buffer.from([...unknown, 0x12, frame.length, ...frame, ...unknown]);
  expect(headOf(request)).toMatchObject({ kind: "chunk", sequence: 3, payloadBytes: 2 });
  expect(normal(decodeContent(request, headOf(request)).value)).toEqual({
    arrayId: 1,
    offset: [],
    shape: [],
    data: [10, 11],
  });
});

test("unpacked numbers are read as packed ones", () => {
  const chunk = [0x10, 0x05, 0x10, 0x06, 0x12, 0x01, 0x07, 0x18, 0x01];
  const frame = [0x2a, chunk.length, ...chunk];
  const request = Buffer.from([0x12, frame.length, ...frame]);
  expect(decodeContent(request, headOf(request)).value).toMatchObject({ offset: [5, 6, 7], shape: [1] });
});

test("the opening message is found and decoded", () => {
  const request = encodeOpen(openOf("job"));
  const head = peekRequest(request);
  expect(head.kind === "open" && decodeOpen(request, head)).toEqual(openOf("job"));
});

const valid = encodeFrame(
  frameOf({
    $case: "chunk",
    value: ArrayChunk.create({ arrayId: 1, offset: [3, 0], shape: [1, 40], data: Buffer.alloc(40) }),
  }),
  300,
);

test.each([
  ["an empty message", Buffer.alloc(0), "neither an opening nor a frame"],
  ["zeros", Buffer.alloc(64), "field tag 0"],
  ["a frame without content", Buffer.from([0x12, 0x02, 0x08, 0x07]), "a frame without content"],
  ["a cut frame", valid.subarray(0, 30), "a field of"],
  ["an endless number", Buffer.from([0x12, 0x0c, 0x08, ...Buffer.alloc(11, 0xff)]), "more than ten bytes"],
  ["a group", Buffer.from([0x0b, 0x0c]), "wire type 3"],
  ["bytes behind an array end", Buffer.from([0x12, 0x06, 0x42, 0x04, 0x08, 0x01, 0x00, 0x00]), "behind the message"],
  ["65 axes", Buffer.from([0x12, 69, 0x2a, 67, 0x12, 65, ...Buffer.alloc(65, 1)]), "more than 64 axes"],
])("%s is refused with a reason", (_name, request, got) => {
  try {
    decodeContent(request, headOf(request));
    throw new Error("It was accepted.");
  } catch (error) {
    expect((error as SluiceError).problem).toMatchObject({ reason: "FRAME_MALFORMED", grpcCode: 3 });
    expect((error as SluiceError).problem.got).toContain(got);
  }
});

test("damaged messages are refused with a reason or decoded, and never read beyond their end", () => {
  const batch = TableBatch.create({ tableId: 1, rows: 2, columns: [{ data: new Uint8Array(8) }] });
  const samples = [valid, encodeFrame(frameOf({ $case: "batch", value: batch }), 9), encodeOpen(openOf())];
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.constantFrom(...samples), edits, fc.nat(), (sample, changes, cut) => {
      // Behind the message stand bytes that must never be seen.
      const secret = Buffer.alloc(sample.length + 64, 0xee);
      sample.copy(secret);
      const request = secret.subarray(0, cut % 3 === 0 ? cut % sample.length : sample.length);
      for (const [at, value] of changes) if (request.length > 0) request[at % request.length] = value;
      const reason = reasonOf(() => {
        const head = peekRequest(request);
        if (head.kind === "open") return decodeOpen(request, head);
        expect(head.end).toBeLessThanOrEqual(request.length);
        const { value } = decodeContent(request, head);
        if ("data" in value) {
          expect(value.data.byteOffset + value.data.length).toBeLessThanOrEqual(request.byteOffset + request.length);
        }
        return value;
      });
      expect([undefined, "FRAME_MALFORMED", "CRC_MISMATCH"]).toContain(reason);
    }),
    { numRuns: 2_000 },
  );
});

test("an encoded frame knows its kind and length, decodes once, and checks its CRC when it does", () => {
  const frame = new EncodedFrame(valid, headOf(valid));
  expect(frame).toMatchObject({ kind: "chunk", sequence: 300, payloadLength: 40 });
  expect(frame.content).toBe(frame.content);
  expect(frame.content.value).toMatchObject({ arrayId: 1, offset: [3, 0], shape: [1, 40] });
  const damaged = Buffer.from(valid);
  damaged[damaged.length - 1]! ^= 1;
  expect(reasonOf(() => new EncodedFrame(damaged, headOf(damaged)).content)).toBe("CRC_MISMATCH");
});

/** Reason of the SluiceError that `work` throws; any other error is let through. */
function reasonOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof SluiceError) return error.problem.reason;
    throw error;
  }
}

/** Buffers and typed arrays as plain numbers, undefined fields left out. */
function normal<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_key, item: unknown) => {
      if (item instanceof Uint8Array) return [...item];
      const json = item as { type?: string; data?: number[] } | null;
      return json?.type === "Buffer" ? json.data : item;
    }),
  ) as T;
}
