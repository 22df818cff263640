import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import { crc32c } from "@node-rs/crc32";
import { type ArtifactEvent, inlineSink } from "./inline-sink.ts";

const mebibyte = 1024 * 1024;

test("bytes that left cannot be replaced: there are no checkpoints", async () => {
  const sink = inlineSink(async () => {}, { sha256: false });
  expect((await sink.create("a.h5", "application/x-hdf5")).checkpoint).toBeUndefined();
});

test("sends begin, chunks of at most 1 MiB with their checksums, the new head, and the end", async () => {
  const { events, emit } = recorder();
  const sink = inlineSink(emit, { sha256: true });
  const writer = await sink.create("a.tif", "image/tiff");
  await writer.write(Buffer.from("head"));
  await writer.write(new Uint8Array(2.5 * mebibyte).fill(1));
  await writer.write(Buffer.from("tail"));
  await writer.rewriteHead(Buffer.from("HEAD"));
  await writer.close({ formatVersion: "TIFF 6.0" });

  const [begin, ...rest] = events;
  const end = rest.pop();
  expect(begin).toEqual({
    $case: "artifactBegin",
    value: { artifactId: 1, path: "a.tif", mediaType: "image/tiff", appendOnly: false },
  });
  const chunks = rest.flatMap((event) => (event.$case === "artifactChunk" ? [event.value] : []));
  expect(chunks.map(({ offset, data }) => [offset, data.length])).toEqual([
    [0, 4],
    [4, mebibyte],
    [4 + mebibyte, mebibyte],
    [4 + 2 * mebibyte, mebibyte / 2],
    [4 + 2.5 * mebibyte, 4],
    [0, 4],
  ]);
  for (const chunk of chunks) expect(chunk.crc32c).toBe(crc32c(chunk.data));
  const artifact = {
    path: "a.tif",
    uri: "inline:a.tif",
    size: 2.5 * mebibyte + 8,
    sha256: new Uint8Array(0),
    mediaType: "image/tiff",
    formatVersion: "TIFF 6.0",
    encoding: undefined,
  };
  expect(end).toEqual({ $case: "artifactEnd", value: { artifactId: 1, artifact } });
  expect(await sink.prepare()).toEqual([artifact]);
});

test("joins small writes, and a small artifact's head is in its one chunk, with a digest", async () => {
  const { events, emit } = recorder();
  const sink = inlineSink(emit, { sha256: true });
  const writer = await sink.create("a.npy", "x/y");
  for (let index = 0; index < 100; index += 1) await writer.write(Buffer.from("0123456789"));
  await writer.rewriteHead(Buffer.from("NPY"));
  await writer.close();
  expect(events.map(({ $case }) => $case)).toEqual(["artifactBegin", "artifactChunk", "artifactEnd"]);
  const text = `NPY${"0123456789".repeat(100).slice(3)}`;
  expect((await sink.prepare())[0]?.sha256).toEqual(new Uint8Array(createHash("sha256").update(text).digest()));
});

test("digests an append-only artifact of any size, and none if it is not asked for", async () => {
  for (const sha256 of [true, false]) {
    const { emit } = recorder();
    const sink = inlineSink(emit, { sha256 });
    const writer = await sink.create("a", "x/y", { appendOnly: true });
    await writer.write(new Uint8Array(3 * mebibyte));
    await writer.close();
    const expected = createHash("sha256")
      .update(new Uint8Array(3 * mebibyte))
      .digest();
    expect((await sink.prepare())[0]?.sha256).toEqual(new Uint8Array(sha256 ? expected : []));
  }
});

test("sends no faster than it is taken", async () => {
  let waiting = 0;
  let most = 0;
  const sink = inlineSink(
    async () => {
      waiting += 1;
      most = Math.max(most, waiting);
      await new Promise((resolve) => setImmediate(resolve));
      waiting -= 1;
    },
    { sha256: false },
  );
  const writer = await sink.create("a", "x/y");
  for (let index = 0; index < 1000; index += 1) await writer.write(new Uint8Array(10_000));
  await writer.close();
  expect(most).toBe(1);
});

test("a failure to send ends the artifact", async () => {
  const sink = inlineSink(
    async ({ $case }) => {
      if ($case === "artifactChunk") throw new Error("connection lost");
    },
    { sha256: false },
  );
  const writer = await sink.create("a", "x/y");
  await writer.write(Buffer.from("abc"));
  await expect(writer.close()).rejects.toThrow("connection lost");
  await expect(sink.prepare()).rejects.toThrow("ARTIFACT_UNFINISHED");
  await sink.discard("connection lost");
});

function recorder() {
  const events: ArtifactEvent[] = [];
  return { events, emit: async (event: ArtifactEvent) => void events.push(structuredClone(event)) };
}
