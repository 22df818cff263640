import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { openSpool } from "./spool.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-spool-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("gives back what was appended, in any order, from calls that overlap", async () => {
  const spool = openSpool({ folder });
  const pieces = Array.from({ length: 20 }, (_, index) => new Uint8Array(index * 1000).fill(index));
  const offsets = await Promise.all(pieces.map((piece) => spool.append(piece)));
  expect(spool.length).toBe(190_000);
  for (const index of [19, 0, 7, 12]) {
    expect(await spool.read(offsets[index] as number, index * 1000)).toEqual(pieces[index]);
  }
  expect(await spool.read(171_999 - 1, 3)).toEqual(Uint8Array.of(19, 19, 19));
  const room = new Uint8Array(5);
  await spool.readInto(171_999 - 1, room.subarray(1, 4));
  expect(room).toEqual(Uint8Array.of(0, 19, 19, 19, 0));
  await spool.close();
});

test("no file has a name, while it is used and afterwards", async () => {
  const spool = openSpool({ folder });
  await spool.append(Uint8Array.of(1));
  expect(readdirSync(folder)).toEqual([]);
  await spool.close();
  await spool.close();
  expect(readdirSync(folder)).toEqual([]);
});

test("nothing is opened before the first byte", async () => {
  const spool = openSpool({ folder: join(folder, "gone") });
  expect(await spool.read(0, 0)).toEqual(new Uint8Array(0));
  await spool.close();
});

test("a folder that cannot be used is named as the spool's, without its path", async () => {
  const spool = openSpool({ folder: join(folder, "gone") });
  const failure = await spool.append(Uint8Array.of(1)).catch((error: unknown) => error);
  expect(failure).toMatchObject({ problem: { reason: "FOLDER_MISSING", field: "spool", got: "ENOENT" } });
  expect(String(failure)).not.toContain(folder);
  expect(String(failure)).toContain("TMPDIR");
  await spool.close();
});

test("more than there is cannot be read, and nothing once it is closed", async () => {
  const spool = openSpool({ folder });
  await spool.append(Uint8Array.of(1, 2));
  await expect(spool.read(1, 2)).rejects.toThrow(RangeError);
  await spool.close();
  await expect(spool.read(0, 1)).rejects.toThrow("closed");
  await expect(spool.append(Uint8Array.of(1))).rejects.toThrow("closed");
});
