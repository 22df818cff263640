import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { fileBytes } from "./member-bytes.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-member-bytes-"));
afterAll(() => rmSync(folder, { recursive: true }));

const content = Buffer.from(Uint8Array.from({ length: 900_000 }, (_, index) => (index * 7919) >>> (index % 5)));

async function opened(): Promise<FileHandle> {
  const path = join(folder, "bytes");
  writeFileSync(path, content);
  return open(path);
}

test("bytes come in order, from any place to any other", async () => {
  const file = await opened();
  for (const [position, length] of [
    [0, 900_000],
    [3, 262_144],
    [5, 262_145],
    [899_999, 1],
    [7, 0],
  ] as const) {
    const pieces: Uint8Array[] = [];
    for await (const piece of fileBytes(file, "raw", position, length)) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(content.subarray(position, position + length))).toBe(true);
  }
  await file.close();
});

test("a file that ends early is told behind what there is of it; who stops early waits for nothing", async () => {
  const file = await opened();
  let count = 0;
  const all = async () => {
    for await (const piece of fileBytes(file, "raw", 0, 1_200_000)) count += piece.length;
  };
  await expect(all()).rejects.toMatchObject({
    problem: { reason: "FILE_DAMAGED", got: "the file's end after 786432 of 1200000 bytes" },
  });
  expect(count).toBe(786_432);
  for (let pieces = 0; pieces < 3; pieces++) {
    let seen = 0;
    for await (const _ of fileBytes(file, "raw", 0, 1_200_000)) if (seen++ === pieces) break;
  }
  await file.close();
});
