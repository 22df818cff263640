import { expect, test } from "@jest/globals";
import { memoryStream } from "@sluice/core/testing";
import { withFile } from "@sluice/source/testing";
import { exportToMemory } from "../testing/export-to-memory.ts";
import { walkDirectories } from "./directory-chain.ts";
import { FileSource } from "./file-source.ts";

async function fileOf(bigTiff: boolean): Promise<Uint8Array> {
  const image = { name: "image", dataType: "uint8" as const, shape: [3, 4, 5], data: new Uint8Array(60) };
  return (await exportToMemory(memoryStream([image], { imageStack: {} }), { bigTiff })).bytes;
}

function walk(bytes: Uint8Array) {
  return withFile(bytes, async (path) => {
    const source = await FileSource.open(path);
    try {
      return await walkDirectories(source);
    } finally {
      await source.close();
    }
  });
}

/** The file with a 32-bit number changed. */
function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(at, value, true);
  return copy;
}

test.each([false, true])("finds the directory of each page (BigTIFF: %s)", async (big) => {
  const chain = await walk(await fileOf(big));
  expect(chain).toMatchObject({ littleEndian: true, big });
  expect(chain.directories).toHaveLength(3);
});

test.each([false, true])("every cut of the file is told with its place (BigTIFF: %s)", async (big) => {
  const bytes = await fileOf(big);
  const { directories } = await walk(bytes);
  for (const length of [0, 7, directories[0]!, directories[1]! + 30, directories[2]! + 90]) {
    await expect(walk(bytes.subarray(0, length))).rejects.toThrow(/TIFF_TRUNCATED .* @ byte \d+/);
  }
});

test("a circle of directories is found", async () => {
  const bytes = await fileOf(false);
  const { directories } = await walk(bytes);
  const second = directories[1]!;
  const entries = new DataView(bytes.buffer).getUint16(second, true);
  await expect(walk(changed(bytes, second + 2 + 12 * entries, directories[0]!))).rejects.toThrow(
    "TIFF_DIRECTORY_CIRCLE",
  );
});

test("values that would lie behind the end of the file are named by tag and page", async () => {
  const bytes = await fileOf(false);
  const { directories } = await walk(bytes);
  const view = new DataView(bytes.buffer);
  const first = directories[0]!;
  const entries = view.getUint16(first, true);
  const entry = Array.from({ length: entries }, (_, index) => first + 2 + 12 * index).find(
    (at) => view.getUint16(at, true) === 270,
  )!;
  await expect(walk(changed(bytes, entry + 4, 0x7fffffff))).rejects.toThrow("tag 270 of page 0");
  await expect(walk(changed(bytes, entry + 8, 0x7fffffff))).rejects.toThrow("tag 270 of page 0");
});

test("what is no TIFF, or has no page, is refused", async () => {
  await expect(walk(Buffer.from("GIF89a__________"))).rejects.toThrow("TIFF_HEADER_INVALID");
  await expect(walk(Buffer.from("II*\0\0\0\0\0"))).rejects.toThrow("TIFF_EMPTY");
  await expect(walk(Buffer.from("II*\0\x08\0\0\0\0\0"))).rejects.toThrow("TIFF_DIRECTORY_CORRUPT");
});
