import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { horizontalDifference, horizontalSum, type RowLayout } from "./predictor.ts";

const layouts = fc.record({
  bitsPerSample: fc.constantFrom(8, 16, 32),
  samplesPerPixel: fc.integer({ min: 1, max: 5 }),
  pixelsPerRow: fc.integer({ min: 1, max: 9 }),
});

/** A layout and some whole rows of it, at any place of a larger buffer. */
const images = layouts.chain((layout) => {
  const rowBytes = (layout.bitsPerSample / 8) * layout.samplesPerPixel * layout.pixelsPerRow;
  return fc
    .tuple(fc.nat(6), fc.nat(5))
    .chain(([rows, offset]) =>
      fc
        .uint8Array({ minLength: rows * rowBytes, maxLength: rows * rowBytes })
        .map((bytes) => ({ layout, bytes: Buffer.concat([new Uint8Array(offset), bytes]).subarray(offset) })),
    );
});

/** Sample by sample, as the specification says it. */
function differencedByDefinition(
  bytes: Buffer,
  { bitsPerSample, samplesPerPixel, pixelsPerRow }: RowLayout,
): Uint8Array {
  const size = bitsPerSample / 8;
  const output = Buffer.from(bytes);
  for (let sample = 0; sample < bytes.length / size; sample++) {
    if (sample % (samplesPerPixel * pixelsPerRow) < samplesPerPixel) continue;
    const left = bytes.readUIntLE((sample - samplesPerPixel) * size, size);
    const difference = bytes.readUIntLE(sample * size, size) - left;
    output.writeUIntLE(difference < 0 ? difference + 2 ** bitsPerSample : difference, sample * size, size);
  }
  return new Uint8Array(output);
}

test("differences follow the specification for every sample size, row and alignment", () => {
  fc.assert(
    fc.property(images, ({ layout, bytes }) => {
      const before = new Uint8Array(bytes);
      expect(horizontalDifference(bytes, layout)).toEqual(differencedByDefinition(bytes, layout));
      expect(new Uint8Array(bytes)).toEqual(before);
    }),
    { numRuns: 500 },
  );
});

test("sums undo differences", () => {
  fc.assert(
    fc.property(images, ({ layout, bytes }) => {
      expect(horizontalSum(horizontalDifference(bytes, layout), layout)).toEqual(new Uint8Array(bytes));
    }),
    { numRuns: 500 },
  );
});

test("differences wrap around and start anew in each row", () => {
  const rows = new Uint16Array([10, 9, 65535, 0, 7, 7, 8, 6]);
  const layout = { bitsPerSample: 16, samplesPerPixel: 1, pixelsPerRow: 4 };
  const output = horizontalDifference(new Uint8Array(rows.buffer), layout);
  expect([...new Uint16Array(output.buffer, 0, 8)]).toEqual([10, 65535, 65526, 1, 7, 0, 1, 65534]);
});

test("64-bit samples, parts of rows and impossible layouts are refused", () => {
  const layout = { bitsPerSample: 16, samplesPerPixel: 1, pixelsPerRow: 4 };
  expect(() => horizontalDifference(new Uint8Array(8), { ...layout, bitsPerSample: 64 })).toThrow(/8, 16 or 32/);
  expect(() => horizontalSum(new Uint8Array(8), { ...layout, bitsPerSample: 64 })).toThrow(/8, 16 or 32/);
  expect(() => horizontalDifference(new Uint8Array(9), layout)).toThrow(/whole rows of 8 bytes/);
  expect(() => horizontalDifference(new Uint8Array(8), { ...layout, pixelsPerRow: 0 })).toThrow(/pixelsPerRow/);
  expect(() => horizontalDifference(new Uint8Array(8), { ...layout, samplesPerPixel: 0.5 })).toThrow(/samplesPerPixel/);
});
