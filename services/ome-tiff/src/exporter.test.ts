import { expect, test } from "@jest/globals";
import { memoryStream } from "@sluice/core/testing";
import { fromArrayBuffer } from "geotiff";
import { exportToMemory } from "./testing/export-to-memory.ts";

const movie = {
  name: "image",
  dataType: "float32" as const,
  shape: [3, 4, 5],
  data: Float32Array.from({ length: 60 }, (_, index) => index / 8),
  axes: [
    { name: "t", unit: "second", scale: 0.25 },
    { name: "y", unit: "nanometer", scale: 0.5 },
    { name: "x", unit: "nanometer", scale: 0.5 },
  ],
};

async function open(bytes: Uint8Array) {
  return fromArrayBuffer(bytes.slice().buffer);
}

test("a movie of unknown length: one page per frame, read back by an independent reader", async () => {
  const { bytes, artifact } = await exportToMemory(memoryStream([movie], { imageStack: {}, unknownLength: true }));
  const tiff = await open(bytes);
  expect(await tiff.getImageCount()).toBe(3);
  for (let page = 0; page < 3; page++) {
    const image = await tiff.getImage(page);
    const [pixels] = (await image.readRasters()) as unknown as Float32Array[];
    expect([...pixels!]).toEqual([...movie.data.subarray(page * 20, page * 20 + 20)]);
  }
  expect(artifact.formatVersion).toBe("OME-TIFF 2016-06, classic TIFF");
});
