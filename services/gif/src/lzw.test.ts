import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { encodeLzw, lzwBound, lzwTableLength } from "./lzw.ts";
import { encodeOnThread } from "./lzw-threads.ts";
import { decodeLzw } from "./testing/decode-gif.ts";

const table = new Uint32Array(lzwTableLength);

function encode(pixels: Uint8Array): Uint8Array {
  const room = new Uint8Array(lzwBound(pixels.length) + 8).fill(0xa5);
  const length = encodeLzw(pixels, table, room.subarray(0, -8));
  expect(room.subarray(-8)).toEqual(new Uint8Array(8).fill(0xa5));
  return room.slice(0, length);
}

function decode(bytes: Uint8Array, pixels: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  let position = 1;
  while (bytes[position] !== 0) {
    const length = bytes[position] as number;
    blocks.push(bytes.subarray(position + 1, position + 1 + length));
    position += 1 + length;
  }
  expect(position).toBe(bytes.length - 1);
  return decodeLzw(Buffer.concat(blocks), bytes[0] as number, pixels);
}

test("a pixel: clear code, its value, end code in 9 bits each", () => {
  // 256, 7 and 257, the lowest bit first.
  expect([...encode(Uint8Array.of(7))]).toEqual([8, 4, 0x00, 0x0f, 0x04, 0x04, 0]);
});

test("any pixels come back, in blocks of up to 255 bytes", () => {
  const frames = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 3000 }),
    fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 3000 }))
      .map(([pattern, length]) => Uint8Array.from({ length }, (_, index) => pattern[index % pattern.length] as number)),
  );
  fc.assert(fc.property(frames, (pixels) => expect(decode(encode(pixels), pixels.length)).toEqual(pixels)));
});

test("noise fills the table again and again, and stays within the bound", () => {
  let state = 1;
  const noise = Uint8Array.from(
    { length: 60_000 },
    () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 24,
  );
  const bytes = encode(noise);
  expect(bytes.length).toBeGreaterThan(60_000);
  expect(decode(bytes, noise.length)).toEqual(noise);
});

test("data that end with a block, and every length around it", () => {
  for (let length = 200; length < 480; length++) {
    const pixels = Uint8Array.from({ length }, (_, index) => (index * 97 + (index >> 3) * 31) & 255);
    expect(decode(encode(pixels), length)).toEqual(pixels);
  }
});

test("threads give the same bytes, each for its own frame", async () => {
  const frames = Array.from({ length: 9 }, (_, seed) =>
    Uint8Array.from({ length: 500 + 400 * seed }, (_value, index) => (index * (seed + 3)) & 255),
  );
  const encoded = await Promise.all(frames.map((pixels) => encodeOnThread(pixels.slice())));
  expect(encoded).toEqual(frames.map((pixels) => encode(pixels)));
});
