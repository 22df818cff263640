import { expect, test } from "@jest/globals";
import { shufflePays } from "./shuffle-probe.ts";
import { noise } from "./testing/samples.ts";

const count = 300_000;

/** Heights of a converter of few levels, in nm: each value stands out as a whole. */
function levels(): Float32Array {
  const picks = noise(count);
  return Float32Array.from({ length: count }, (_, index) => -0.1 * ((picks[index] as number) % 60) * Math.PI);
}

/** A detector of 12 bits: low bytes are noise, high bytes hardly change. */
function counts(): Uint16Array {
  const picks = noise(count);
  return Uint16Array.from({ length: count }, (_, index) => 900 + (picks[index] as number));
}

function bytesOf({ buffer }: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(buffer);
}

test("numbers of a detector are sorted, floats of few values are not", async () => {
  expect(await shufflePays(bytesOf(counts()), 2)).toBe(true);
  expect(await shufflePays(bytesOf(levels()), 4)).toBe(false);
});

test.each([
  ["nothing", new Uint8Array(0), 4],
  ["one value", new Uint8Array(400_000), 8],
  ["part of an item", noise(5), 8],
  ["items larger than a sample", noise(400_000), 100_000],
])("%s is sorted: there is nothing to save", async (_, bytes, itemSize) => {
  expect(await shufflePays(bytes, itemSize)).toBe(true);
});

test("single bytes cannot be sorted", async () => {
  expect(await shufflePays(noise(1000), 1)).toBe(false);
});
