import { expect, test } from "@jest/globals";
import { zstdAvailable } from "@sluice/codec";
import { asBytes, asElements, type DataType, digestsOf, itemSize, type RawOptions } from "@sluice/core";
import { type MemoryArray, memoryStream } from "@sluice/core/testing";
import { withFile } from "@sluice/source/testing";
import fc from "fast-check";
import { fromArrayBuffer } from "geotiff";
import { omeTiffLoader } from "./loader.ts";
import { writableTypes } from "./pixel-type.ts";
import { exportToMemory } from "./testing/export-to-memory.ts";

/** Axes of an image with their lengths, slowest first. */
const axes = fc
  .shuffledSubarray(["t", "c", "z"])
  .chain((outer) =>
    fc.tuple(
      ...[...outer, "y", "x"].map((name) =>
        fc.integer({ min: 1, max: name === "y" || name === "x" ? 70 : 3 }).map((size) => ({ name, size })),
      ),
    ),
  );

const image = fc
  .record({ axes, dataType: fc.constantFrom(...writableTypes), seed: fc.integer(), flat: fc.boolean() })
  .map(({ axes: named, dataType, seed, flat }): MemoryArray => {
    const shape = named.map(({ size }) => size);
    const elements = shape.reduce((product, size) => product * size, 1);
    const data = bytesOf(dataType, elements, seed, flat);
    return { name: "image", dataType, shape, data, axes: named.map(({ name }) => name) };
  });

const packing = fc.oneof(
  fc.constant({ compression: "none" }),
  fc.record(
    {
      compression: fc.constantFrom("deflate", "small", ...(zstdAvailable ? ["zstd"] : [])),
      level: fc.integer({ min: 1, max: 9 }),
    },
    { requiredKeys: ["compression"] },
  ),
);

const cutting = fc.record(
  {
    bigTiff: fc.boolean(),
    tileSize: fc.constantFrom(16, 32, 64),
    pyramid: fc.constantFrom(true, false, 1, 3),
  },
  { requiredKeys: [] },
);

function bytesOf(dataType: DataType, elements: number, seed: number, flat: boolean): Uint8Array {
  const bytes = new Uint8Array(elements * itemSize[dataType]);
  let state = seed | 1;
  for (let index = 0; index < bytes.length; index++) {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    bytes[index] = flat && index % 64 !== 0 ? 7 : state >>> 24;
  }
  return dataType === "bool" ? bytes.map((value) => value & 1) : bytes;
}

/** Every byte of every page as geotiff reads it. geotiff knows no complex pixels. */
async function readWithGeotiff(bytes: Uint8Array, dataType: DataType): Promise<Uint8Array> {
  const tiff = await fromArrayBuffer(bytes.slice().buffer);
  const pages: Uint8Array[] = [];
  for (let page = 0; page < (await tiff.getImageCount()); page++) {
    const [pixels] = (await (await tiff.getImage(page)).readRasters()) as unknown as [ArrayBufferView];
    pages.push(asBytes(pixels));
  }
  const stored = new Uint8Array(Buffer.concat(pages));
  return dataType === "bool" ? stored.map((value) => (value === 255 ? 1 : value === 0 ? 0 : 2)) : stored;
}

async function checkRoundTrip(array: MemoryArray, raw: RawOptions, unknownLength: boolean): Promise<void> {
  const open = unknownLength && array.shape.length > 2 && array.axes?.[0] !== "c";
  const source = () => memoryStream([array], { imageStack: {}, unknownLength: open });
  const { bytes, findings } = await exportToMemory(source(), raw);
  if (!array.dataType.startsWith("complex")) {
    const read = await readWithGeotiff(bytes, array.dataType);
    // Reading a float may change the payload of a NaN.
    const isFloat = array.dataType.startsWith("float");
    const seen = (pixels: Uint8Array) =>
      isFloat ? asElements(array.dataType, pixels) : Buffer.from(pixels).toString("hex");
    expect(seen(read)).toEqual(seen(asBytes(array.data)));
  }
  const expected = await digestsOf(source());
  expect(findings.digests).toEqual(expected);
  await withFile(bytes, async (path) => {
    const loaded = await omeTiffLoader.load(path, {});
    const [spec] = source().header.arrays;
    const shaped = { ...spec!, axes: spec!.axes.map((axis, index) => ({ ...axis, size: array.shape[index] })) };
    expect(loaded.header.arrays).toEqual([shaped]);
    expect(loaded.header.dataset).toEqual(source().header.dataset);
    expect(await digestsOf(loaded)).toEqual(expected);
  });
}

test("what goes in comes out: for geotiff the pixels, for our loader the stream", async () => {
  await fc.assert(
    fc.asyncProperty(image, packing, cutting, fc.boolean(), async (array, packed, cut, unknownLength) => {
      await checkRoundTrip(array, { ...packed, ...cut }, unknownLength);
    }),
    { numRuns: 60 },
  );
});
