import { expect, test } from "@jest/globals";
import { memoryStream } from "@sluice/core/testing";
import { protocols } from "./python/opcodes.ts";
import { isPickle, pickleRefused } from "./refusal.ts";
import { exportToMemory } from "./testing/export-to-memory.ts";

test.each(protocols)("our own files are known by their first bytes, protocol %i", async (protocol) => {
  const image = { name: "image", dataType: "uint8" as const, shape: [1, 2], data: new Uint8Array(2), axes: ["t", "x"] };
  expect(isPickle((await exportToMemory(memoryStream([image]), { protocol })).bytes)).toBe(true);
});

test("other files are not taken for pickles", () => {
  const heads = [
    "",
    "\x80",
    "\x80\x04",
    "\x80\x09}",
    "\x80\x04\x00",
    "II*\0",
    "PK\x03\x04",
    "\x89HDF",
    "cos\nsystem\n",
  ];
  for (const head of heads) expect(isPickle(Buffer.from(head, "latin1"))).toBe(false);
  for (const head of ["\x80\x02c", "\x80\x03}", "\x80\x04\x95", "\x80\x05]"]) {
    expect(isPickle(Buffer.from(head, "latin1"))).toBe(true);
  }
});

test("the refusal says what to do", () => {
  const { problem } = pickleRefused("trains.pkl");
  expect(problem).toMatchObject({ reason: "PICKLE_NOT_LOADED", field: "input", got: "trains.pkl" });
  expect(problem.remedy).toContain("numpy.savez");
});
