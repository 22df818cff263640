import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { openSource, readFully, withSource } from "./source-file.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-source-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("reads from a place on, and says how much there was", async () => {
  const path = join(folder, "five.bin");
  writeFileSync(path, Uint8Array.of(1, 2, 3, 4, 5));
  const file = await openSource(path);
  const bytes = new Uint8Array(4);
  expect(await readFully(file, bytes, 2)).toBe(3);
  expect([...bytes]).toEqual([3, 4, 5, 0]);
  await file.close();
});

test("a file that is not there is named without its folder", async () => {
  await expect(openSource(join(folder, "gone.asd"))).rejects.toMatchObject({
    problem: { reason: "SOURCE_MISSING", field: "gone.asd", got: "ENOENT" },
  });
});

test("what the disk says against reading is a reason, what the reader says stays", async () => {
  await expect(withSource(folder, (file) => file.readFile())).rejects.toMatchObject({
    problem: { reason: "SOURCE_UNREADABLE", got: "EISDIR" },
  });
  const path = join(folder, "one.bin");
  writeFileSync(path, Uint8Array.of(1));
  await expect(withSource(path, () => Promise.reject(new Error("no number")))).rejects.toThrow("no number");
});
