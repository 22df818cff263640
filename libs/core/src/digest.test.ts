import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { expect, test } from "@jest/globals";
import { crc32c } from "@node-rs/crc32";
import type { ArrayDigest } from "@sluice/proto";
import fc from "fast-check";
import { castagnoli, combineCrc, crcShift, isoHdlc } from "./crc-combine.ts";
import { differences, FrameDigests, maximumLeaves } from "./digest.ts";

function digestOf(data: Uint8Array, shape: readonly number[], parts: readonly number[] = []): ArrayDigest {
  const digests = new FrameDigests(data.length / (shape[0] as number));
  let position = 0;
  for (const part of parts) {
    digests.update(data.subarray(position, position + part));
    position += part;
  }
  digests.update(data.subarray(position));
  return digests.finish("image", "uint8", shape);
}

const numbers = Uint8Array.from({ length: 48 }, (_, index) => index * 5);

test("a frame's digest is the CRC-32C of its bytes", () => {
  const digits = new TextEncoder().encode("123456789");
  expect(digestOf(digits, [1, 9]).frames).toEqual([0xe3069283]);
  const { frames, framesPerLeaf } = digestOf(numbers, [4, 3, 4]);
  expect(frames).toEqual([0, 12, 24, 36].map((start) => crc32c(numbers.subarray(start, start + 12))));
  expect(framesPerLeaf).toBe(1);
});

test("the root is SHA-256 over type, shape and frames as documented", () => {
  const digest = digestOf(numbers, [4, 3, 4]);
  const frames = Buffer.alloc(16);
  for (const [index, frame] of digest.frames.entries()) frames.writeUInt32LE(frame, 4 * index);
  const text = "sluice.array.digest.v1\nuint8\n4,3,4\n1\n";
  const expected = createHash("sha256")
    .update(Buffer.concat([Buffer.from(text), frames]))
    .digest("hex");
  expect(Buffer.from(digest.root).toString("hex")).toBe(expected);
  // The same comes out of Python with a bitwise CRC-32C.
  expect(expected).toBe("100d88d5c5adfbfa6810695a993e26a1e910e0e426e7986eed30be7e354ac2b4");
});

test("the parts in which bytes come do not matter", () => {
  const property = fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 10 }), (parts) => {
    expect(digestOf(numbers, [16, 3], parts)).toEqual(digestOf(numbers, [16, 3]));
  });
  fc.assert(property, { numRuns: 100 });
});

test.each([
  ["CRC-32C", crc32c, castagnoli],
  ["CRC-32", (bytes: Uint8Array) => crc32(bytes), isoHdlc],
])("the %s of two runs end to end follows from their own", (_name, crc, generator) => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  const property = fc.property(bytes, bytes, (first, second) => {
    const whole = crc(Buffer.concat([first, second]));
    expect(combineCrc(crc(first), crc(second), crcShift(second.length, generator), generator)).toBe(whole);
  });
  fc.assert(property, { numRuns: 300 });
  const gibibytes = crcShift(5 * 2 ** 30, generator);
  expect(combineCrc(combineCrc(1, 0, gibibytes, generator), 0, gibibytes, generator)).toBe(
    combineCrc(1, 0, crcShift(10 * 2 ** 30, generator), generator),
  );
});

test.each([
  [maximumLeaves, 1],
  [maximumLeaves + 1, 2],
  [2 * maximumLeaves, 2],
  [4 * maximumLeaves + 5, 8],
])("%d frames have leaves of %d", (length, framesPerLeaf) => {
  const data = Uint8Array.from({ length: length * 2 }, (_, index) => (index * 31) >> 3);
  const digest = digestOf(data, [length, 2], [1, 3, 70_000, 1]);
  expect(digest.framesPerLeaf).toBe(framesPerLeaf);
  const leafBytes = 2 * framesPerLeaf;
  expect(digest.frames).toHaveLength(Math.ceil(length / framesPerLeaf));
  for (const leaf of [0, 1, 4_097, digest.frames.length - 1]) {
    expect(digest.frames[leaf]).toBe(crc32c(data.subarray(leaf * leafBytes, (leaf + 1) * leafBytes)));
  }
});

test("equal values have no difference", () => {
  expect(differences(digestOf(numbers, [4, 12]), { ...digestOf(numbers, [4, 12]), array: "other" })).toBeUndefined();
});

test("names the frames that differ, the first 16 of them", () => {
  const other = numbers.with(13, 1).with(30, 0);
  expect(differences(digestOf(numbers, [16, 3]), digestOf(other, [16, 3]))).toEqual({
    array: "image",
    frames: [4, 10],
    count: 2,
    message: "Values differ in 2 of 16 frames.",
  });
  const all = differences(
    digestOf(numbers, [48, 1]),
    digestOf(
      numbers.map((value) => value + 1),
      [48, 1],
    ),
  );
  expect(all).toMatchObject({ frames: Array.from({ length: 16 }, (_, index) => index), count: 48 });
});

test("says where types and shapes differ", () => {
  const digest = digestOf(numbers, [4, 12]);
  expect(differences(digest, { ...digest, dataType: "int8" })).toEqual({
    array: "image",
    frames: [],
    count: 0,
    message: "The data type is int8; uint8 was expected.",
  });
  expect(differences(digest, digestOf(numbers, [4, 3, 4]))?.message).toBe(
    "The shape is [4, 3, 4]; [4, 12] was expected.",
  );
  const shorter = digestOf(numbers.subarray(0, 36).with(12, 0), [3, 12]);
  expect(differences(digest, shorter)).toMatchObject({
    frames: [1],
    count: 1,
    message: "The shape is [3, 12]; [4, 12] was expected. Values differ in 1 of 3 frames.",
  });
});

test("says that runs of frames differ in long arrays", () => {
  const data = new Uint8Array(maximumLeaves + 10);
  const expected = digestOf(data, [data.length]);
  expect(differences(expected, digestOf(data.with(101, 1), [data.length]))).toMatchObject({
    frames: [100],
    count: 1,
    message: "Values differ in 1 of 32773 runs of 2 frames.",
  });
  expect(differences(expected, digestOf(data.subarray(1, maximumLeaves), [maximumLeaves - 1]))).toMatchObject({
    frames: [],
  });
});

test("a root that does not fit is a difference", () => {
  const digest = digestOf(numbers, [4, 12]);
  expect(differences(digest, { ...digest, root: new Uint8Array(32) })?.message).toBe(
    "The root of a digest does not fit its frames.",
  );
});
