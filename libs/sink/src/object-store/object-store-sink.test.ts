import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { ArtifactSink } from "@sluice/core";
import { problemOf } from "@sluice/core/testing";
import { type ObjectServer, startObjectServer } from "../testing/object-server.ts";
import { ObjectStore, type ObjectStoreSettings } from "./object-store.ts";
import { objectStoreSink } from "./object-store-sink.ts";

const mebibyte = 1024 * 1024;
const environment = { ...process.env };
let server: ObjectServer;

beforeEach(async () => {
  server = await startObjectServer();
  const none = "does-not-exist";
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: "id",
    AWS_SECRET_ACCESS_KEY: "key",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: none,
    AWS_SHARED_CREDENTIALS_FILE: none,
  });
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  process.env = { ...environment };
});

function openStore(changes: Partial<ObjectStoreSettings> = {}): ObjectStore {
  return new ObjectStore({
    endpoint: server.endpoint,
    region: "",
    pathStyle: "auto",
    attempts: 3,
    transferBytes: 16 * mebibyte,
    ...changes,
  });
}

function openSink(changes: { overwrite?: boolean; sha256?: boolean; store?: ObjectStore; bucket?: string } = {}) {
  const { overwrite = false, sha256 = true, store = openStore(), bucket = "bucket" } = changes;
  return objectStoreSink(store, { location: { bucket, key: "lab/mouse 3" }, overwrite, sha256 });
}

/** Bytes that are others in every part. */
function bytesOf(length: number): Buffer {
  const bytes = Buffer.alloc(length, "0123456789abcdefghijk");
  for (let offset = 0; offset + 8 <= length; offset += 64 * 1024) bytes.writeDoubleBE(offset, offset);
  return bytes;
}

function sha256Of(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}

/** Writes an artifact in pieces of a size that no part has. */
async function write(sink: ArtifactSink, path: string, bytes: Uint8Array, head?: Uint8Array): Promise<void> {
  const writer = await sink.create(path, "application/x-test", { appendOnly: head === undefined });
  for (let begin = 0; begin < bytes.length; begin += 700_001) {
    await writer.write(bytes.subarray(begin, begin + 700_001));
  }
  if (head) await writer.rewriteHead(head);
  await writer.close({ formatVersion: "test 1" });
}

const stored = (key: string) => server.buckets.get("bucket")?.get(`lab/mouse 3/${key}`);

test("a large artifact leaves in parts, the first one last with its new head, and appears at commit", async () => {
  const sink = openSink();
  const bytes = bytesOf(20 * mebibyte);
  await write(sink, "folder/stack.bin", bytes, Buffer.from("new head"));
  const artifacts = await sink.prepare();
  expect(artifacts).toEqual([
    {
      path: "folder/stack.bin",
      uri: "s3://bucket/lab/mouse 3/folder/stack.bin",
      size: bytes.length,
      // The head of an artifact of several parts comes last, and a SHA-256 begins with the head.
      sha256: new Uint8Array(0),
      mediaType: "application/x-test",
      formatVersion: "test 1",
      encoding: undefined,
    },
  ]);
  expect(server.parts.toSorted((one, other) => one - other)).toEqual([1, 2, 3]);
  expect(server.parts.indexOf(1)).toBeGreaterThan(server.parts.indexOf(2));
  expect(stored("folder/stack.bin")).toBeUndefined();
  await sink.commit();
  bytes.write("new head");
  expect(Buffer.compare(stored("folder/stack.bin")!.bytes, bytes)).toBe(0);
  expect(stored("folder/stack.bin")!.mediaType).toBe("application/x-test");
  expect(server.unfinished).toEqual([]);
});

test("the SHA-256 is told of artifacts that only append and of small ones, never a wrong one", async () => {
  const sink = openSink();
  const [large, small, exact] = [bytesOf(9 * mebibyte), bytesOf(100_000), bytesOf(8 * mebibyte)];
  await write(sink, "large", large);
  await write(sink, "small", small, Buffer.from("head"));
  await write(sink, "exact", exact, Buffer.from("head"));
  await write(sink, "empty", new Uint8Array(0));
  for (const bytes of [small, exact]) bytes.write("head");
  const artifacts = await sink.prepare();
  await sink.commit();
  const all = [large, small, exact, new Uint8Array(0)];
  expect(artifacts.map(({ sha256 }) => sha256)).toEqual(all.map(sha256Of));
  expect(artifacts.map(({ path }) => sha256Of(stored(path)!.bytes))).toEqual(all.map(sha256Of));
});

test("no digest is computed that nobody asked for", async () => {
  const sink = openSink({ sha256: false });
  await write(sink, "small", bytesOf(1000));
  expect((await sink.prepare())[0]?.sha256).toEqual(new Uint8Array(0));
});

test("discard removes every upload, wherever it stands", async () => {
  const sink = openSink();
  await write(sink, "closed", bytesOf(9 * mebibyte));
  const open = await sink.create("open", "x/y");
  await open.write(bytesOf(17 * mebibyte));
  await sink.create("empty", "x/y");
  expect(server.unfinished).toHaveLength(3);
  await sink.discard("cancelled");
  await sink.discard("again");
  expect(server.unfinished).toEqual([]);
  expect(server.buckets.get("bucket")?.size).toBe(0);
  await expect(open.write(new Uint8Array(1))).rejects.toThrow("EXPORT_DISCARDED");
});

test("an object that exists is refused before the first byte, or replaced whole when that was asked for", async () => {
  const first = openSink();
  await write(first, "a", Buffer.from("old"));
  await first.prepare();
  await first.commit();
  expect(await problemOf(() => openSink().create("a", "x/y"))).toMatchObject({
    reason: "TARGET_EXISTS",
    field: "artifacts.a",
  });
  const second = openSink({ overwrite: true });
  await write(second, "a", Buffer.from("new"));
  await second.prepare();
  expect(Buffer.from(stored("a")!.bytes).toString()).toBe("old");
  await second.commit();
  expect(Buffer.from(stored("a")!.bytes).toString()).toBe("new");
});

test("an object that came meanwhile stays, and what was made beside it goes again", async () => {
  const sink = openSink();
  for (const path of ["a", "b", "c"]) await write(sink, path, Buffer.from("ours"));
  await sink.prepare();
  const theirs = { bytes: Buffer.from("theirs"), mediaType: "x/y", metadata: {} };
  server.buckets.get("bucket")?.set("lab/mouse 3/b", theirs);
  expect(await problemOf(() => sink.commit())).toMatchObject({ reason: "TARGET_EXISTS", field: "artifacts.b" });
  await sink.discard("TARGET_EXISTS");
  expect([...(server.buckets.get("bucket") ?? [])]).toEqual([["lab/mouse 3/b", theirs]]);
  expect(server.unfinished).toEqual([]);
});

test("a store without conditions is told without one", async () => {
  let refused = 0;
  server.mishap = (operation) =>
    operation === "CompleteMultipartUpload" && refused++ === 0 ? { status: 501, code: "NotImplemented" } : undefined;
  const sink = openSink();
  await write(sink, "a", Buffer.from("new"));
  await sink.prepare();
  await sink.commit();
  expect(stored("a")).toBeDefined();
});

test.each(["cut before", "cut after"] as const)(
  "%s: every request is tried again, and none is done twice",
  async (mishap) => {
    const seen = new Set<string>();
    server.mishap = (operation, key) => {
      const isFirst = !seen.has(operation + key) && operation !== "CreateMultipartUpload";
      seen.add(operation + key);
      return isFirst ? mishap : undefined;
    };
    const sink = openSink();
    const bytes = bytesOf(9 * mebibyte);
    await write(sink, "a", bytes);
    await sink.prepare();
    await sink.commit();
    expect(Buffer.compare(stored("a")!.bytes, bytes)).toBe(0);
    const other = openSink();
    await write(other, "b", bytes);
    await other.discard("cancelled");
    expect(server.unfinished).toEqual([]);
    expect(stored("b")).toBeUndefined();
  },
);

test("a connection that stays cut fails the export, and nothing is left once the store is back", async () => {
  const sink = openSink();
  const writer = await sink.create("a", "x/y");
  server.mishap = (operation) => (operation === "UploadPart" ? "cut before" : undefined);
  await writer.write(bytesOf(17 * mebibyte));
  await writer.close();
  expect(await problemOf(() => sink.prepare())).toMatchObject({ field: "artifacts.a" });
  server.mishap = undefined;
  await sink.discard("cut");
  expect(server.unfinished).toEqual([]);
});

test("a store that was still taking a part in is asked until it has forgotten it", async () => {
  const sink = openSink({ store: openStore({ attempts: 1 }) });
  const seen: string[] = [];
  server.mishap = (operation) => {
    seen.push(operation);
    if (operation === "UploadPart") return "cut before";
    const isFirst = seen.filter((other) => other === operation).length === 1;
    return operation === "AbortMultipartUpload" && isFirst ? { status: 500, code: "InternalError" } : undefined;
  };
  await write(sink, "a", Buffer.from("a"));
  await expect(sink.prepare()).rejects.toThrow("OBJECT_STORE_");
  await sink.discard("cut");
  expect(seen.slice(-4)).toEqual(["AbortMultipartUpload", "ListParts", "AbortMultipartUpload", "ListParts"]);
  expect(server.unfinished).toEqual([]);
});

test("an upload that cannot be removed is told, with why the export had failed", async () => {
  const sink = openSink();
  await write(sink, "a", Buffer.from("a"));
  server.mishap = () => "cut before";
  expect(await problemOf(() => sink.discard("OBJECT_STORE_CUT: the network"))).toMatchObject({
    reason: "UPLOAD_LEFT_BEHIND",
    message: expect.stringContaining("after this: OBJECT_STORE_CUT: the network"),
    got: "s3://bucket/lab/mouse 3",
  });
});

test("bytes that were damaged on their way fail the export", async () => {
  const sink = openSink();
  server.mishap = (operation) => (operation === "UploadPart" ? { status: 400, code: "BadDigest" } : undefined);
  await write(sink, "a", Buffer.from("a"));
  expect(await problemOf(() => sink.prepare())).toMatchObject({ reason: "OBJECT_STORE_CHECKSUM_WRONG" });
});

test.each([false, true])(
  "an object that comes later than the answer is waited for (overwrite: %s)",
  async (overwrite) => {
    const sink = openSink({ overwrite });
    if (overwrite) {
      const old = { bytes: Buffer.from("old"), mediaType: "x/y", metadata: {} };
      server.buckets.get("bucket")?.set("lab/mouse 3/a", old);
    }
    await write(sink, "a", Buffer.from("new"));
    await sink.prepare();
    server.mishap = (operation) => (operation === "CompleteMultipartUpload" ? "late" : undefined);
    await sink.commit();
    expect(Buffer.from(stored("a")!.bytes).toString()).toBe("new");
  },
);

test("an object that never comes is told, whatever the store has answered", async () => {
  const sink = openSink({ store: openStore({ attempts: 1 }) });
  await write(sink, "a", Buffer.from("a"));
  await sink.prepare();
  server.mishap = (operation) => (operation === "CompleteMultipartUpload" ? "never" : undefined);
  expect(await problemOf(() => sink.commit())).toMatchObject({
    reason: "OBJECT_MISSING",
    got: "nothing at s3://bucket/lab/mouse 3/a",
  });
});

test("an upload that somebody else ended is missed", async () => {
  const sink = openSink();
  await write(sink, "a", Buffer.from("a"));
  await sink.prepare();
  server.mishap = (operation) =>
    operation === "CompleteMultipartUpload" ? { status: 404, code: "NoSuchUpload" } : undefined;
  expect(await problemOf(() => sink.commit())).toMatchObject({ reason: "UPLOAD_GONE" });
});

test.each([
  [{ status: 403, code: "AccessDenied" }, "OBJECT_STORE_DENIED"],
  [{ status: 403, code: "InvalidAccessKeyId" }, "OBJECT_STORE_CREDENTIALS_REFUSED"],
  [{ status: 403, code: "SignatureDoesNotMatch" }, "OBJECT_STORE_CREDENTIALS_REFUSED"],
  [{ status: 400, code: "AuthorizationHeaderMalformed" }, "OBJECT_STORE_REGION_WRONG"],
  [{ status: 503, code: "SlowDown" }, "OBJECT_STORE_BUSY"],
  [{ status: 507, code: "XMinioStorageFull" }, "OBJECT_STORE_FULL"],
  [{ status: 418, code: "Teapot" }, "OBJECT_STORE_ERROR"],
])("%j has a name, and the store's own words stay away", async (mishap, reason) => {
  server.mishap = (operation) => (operation === "CreateMultipartUpload" ? mishap : undefined);
  const told = await problemOf(() => openSink().create("a", "x/y"));
  expect(told).toMatchObject({ reason, got: `${mishap.code} for s3://bucket/lab/mouse 3/a` });
  expect(JSON.stringify(told)).not.toContain("secret");
});

test("without the right to list, the completion finds out whether the name is free", async () => {
  server.mishap = (operation) => (operation === "HeadObject" ? { status: 403, code: "AccessDenied" } : undefined);
  const sink = openSink();
  await write(sink, "a", Buffer.from("a"));
  await sink.prepare();
  await sink.commit();
  expect(stored("a")).toBeDefined();
});

test("no bucket", async () => {
  expect(await problemOf(() => openSink({ bucket: "other" }).create("a", "x/y"))).toMatchObject({
    reason: "BUCKET_MISSING",
    got: "NoSuchBucket for s3://other/lab/mouse 3/a",
  });
});

test("no credentials", async () => {
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
  expect(await problemOf(() => openSink().create("a", "x/y"))).toMatchObject({
    reason: "OBJECT_STORE_CREDENTIALS_MISSING",
  });
  expect(server.requests).toEqual([]);
});

test("a key longer than stores take is refused", async () => {
  const path = Array.from({ length: 6 }, () => "x".repeat(200)).join("/");
  expect(await problemOf(() => openSink().create(path, "x/y"))).toMatchObject({ reason: "NAME_TOO_LONG" });
});
