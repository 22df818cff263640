import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import { maximumHeadBytes } from "@sluice/core";
import { memorySink } from "./memory-sink.ts";

test("keeps the bytes by path, with the head rewritten, and describes the artifact", async () => {
  const sink = memorySink();
  const writer = await sink.create("folder/a.bin", "application/octet-stream");
  const reused = Uint8Array.of(1, 2, 3);
  await writer.write(reused);
  reused.fill(9);
  await writer.write(Uint8Array.of(4));
  expect(writer.position).toBe(4);
  await writer.rewriteHead(Uint8Array.of(7, 8));
  await writer.close({ formatVersion: "test 1" });

  const bytes = Uint8Array.of(7, 8, 3, 4);
  expect(sink.files.get("folder/a.bin")).toEqual(bytes);
  expect(await sink.prepare()).toEqual([
    {
      path: "folder/a.bin",
      uri: "memory:folder/a.bin",
      size: 4,
      sha256: new Uint8Array(createHash("sha256").update(bytes).digest()),
      mediaType: "application/octet-stream",
      formatVersion: "test 1",
      encoding: undefined,
    },
  ]);
  await sink.commit();
  expect(sink.committed).toBe(true);
  await sink.discard("too late");
  expect(sink.discarded).toBeUndefined();
  expect(sink.files.size).toBe(1);
});

test("holds an exporter to the rules of a writer", async () => {
  const sink = memorySink();
  const writer = await sink.create("a", "x/y");
  await writer.write(new Uint8Array(maximumHeadBytes + 1));
  await expect(writer.rewriteHead(new Uint8Array(maximumHeadBytes + 1))).rejects.toThrow("ARTIFACT_HEAD_TOO_LONG");
  await writer.rewriteHead(new Uint8Array(maximumHeadBytes));
  await expect(writer.rewriteHead(new Uint8Array(1))).rejects.toThrow("ARTIFACT_STATE");
  await expect(writer.write(new Uint8Array(1))).rejects.toThrow("ARTIFACT_STATE");
  await expect(sink.prepare()).rejects.toThrow("ARTIFACT_UNFINISHED");
  await writer.close();
  await expect(writer.close()).rejects.toThrow("ARTIFACT_STATE");
  const short = await sink.create("b", "x/y");
  await short.write(new Uint8Array(2));
  await expect(short.rewriteHead(new Uint8Array(3))).rejects.toThrow("ARTIFACT_HEAD_TOO_LONG");
  await expect(sink.create("A", "x/y")).rejects.toThrow("ARTIFACT_PATH_TAKEN");
  await expect(sink.create("../a", "x/y")).rejects.toThrow("ARTIFACT_PATH_INVALID");
});

test("keeps nothing after discard, and refuses writers that are still in use", async () => {
  const sink = memorySink();
  const closed = await sink.create("a", "x/y");
  await closed.close();
  const open = await sink.create("b", "x/y");
  await sink.discard("cancelled");
  await sink.discard("again");
  expect(sink.discarded).toBe("cancelled");
  expect(sink.files.size).toBe(0);
  await expect(open.write(new Uint8Array(1))).rejects.toThrow("EXPORT_DISCARDED");
  await expect(sink.create("c", "x/y")).rejects.toThrow("EXPORT_DISCARDED");
});
