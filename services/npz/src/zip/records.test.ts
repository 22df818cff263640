import { isDeepStrictEqual } from "node:util";
import { expect, test } from "@jest/globals";
import { openSource } from "@sluice/source";
import { withFile } from "@sluice/source/testing";
import { readDirectory } from "../read/zip-directory.ts";
import { directoryEntry, endOfDirectory, localHeader } from "./records.ts";

test("sizes, places and counts beyond 32 and 16 bits come back from the directory", async () => {
  const GiB = 2 ** 30;
  const sizes = [0, 1, 4 * GiB - 2, 4 * GiB - 1, 4 * GiB, 5 * GiB, 2 ** 52];
  const entries = Array.from({ length: 66_000 }, (_, index) => ({
    name: `array_${index}µ.npy`,
    method: index % 2 === 0 ? (8 as const) : (0 as const),
    crc: (index * 2_654_435_761) % 2 ** 32,
    rawBytes: sizes[index % 7]!,
    storedBytes: sizes[(index + 3) % 7]!,
    position: sizes[(index + 5) % 7]!,
  }));
  const directory = Buffer.concat(entries.map(({ position, ...entry }) => directoryEntry(entry, position)));
  const end = endOfDirectory(entries.length, 0, directory.length);
  await withFile(Buffer.concat([directory, end]), async (path) => {
    const file = await openSource(path);
    const found = await readDirectory(file);
    expect(found.length).toBe(entries.length);
    expect(found.findIndex((entry, index) => !isDeepStrictEqual(entry, entries[index]))).toBe(-1);
    await file.close();
  });
});

test("a directory beyond 4 GiB stands in the records of zip64 alone", () => {
  const record = Buffer.from(endOfDirectory(3, 5 * 2 ** 30, 150));
  expect(record.length).toBe(98);
  expect([record.readUInt32LE(0), record.readUInt32LE(56), record.readUInt32LE(76)]).toEqual([
    0x06064b50, 0x07064b50, 0x06054b50,
  ]);
  expect(Number(record.readBigUInt64LE(48))).toBe(5 * 2 ** 30);
  expect(Number(record.readBigUInt64LE(64))).toBe(5 * 2 ** 30 + 150);
  expect([record.readUInt32LE(76 + 12), record.readUInt32LE(76 + 16)]).toEqual([150, 0xffff_ffff]);
  expect(endOfDirectory(3, 2 ** 30, 150).length).toBe(22);
});

test.each([0, 1, 37, 58, 63, 64, 1_000_003])(
  "data behind a header at %d begin at a multiple of the alignment",
  (position) => {
    for (let length = 1; length < 140; length++) {
      const entry = { name: "n".repeat(length), method: 0, crc: 0, rawBytes: 1, storedBytes: 1 } as const;
      const header = Buffer.from(localHeader(entry, position, 64));
      expect((position + header.length) % 64).toBe(0);
      expect(30 + header.readUInt16LE(26) + header.readUInt16LE(28)).toBe(header.length);
    }
  },
);
