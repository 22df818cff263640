import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { PartFile, type PartHandle, type PartOptions } from "./part-file.ts";
import { smallFileBytes } from "./small-digest.ts";
import { inTemporaryFolder } from "./testing/temporary-folder.ts";

const mebibyte = 1024 * 1024;
const options: PartOptions = {
  field: "artifacts.a",
  sha256: true,
  appendOnly: false,
  signal: new AbortController().signal,
};

test("holds the bytes of a plain model, and their digest, after any writes and a head rewrite", async () => {
  const length = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 5_000 }) },
    fc.integer({ min: 1, max: 2 * mebibyte }),
  );
  const lengths = fc.array(length, { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(lengths, fc.nat(65_536), fc.boolean(), async (sizes, headBytes, appendOnly) => {
      await inTemporaryFolder(async (folder) => {
        const pieces = sizes.map((size, index) => new Uint8Array(size).fill(index + 1));
        const model = Buffer.concat(pieces);
        const part = new PartFile(await open(join(folder, "a"), "wx+"), { ...options, appendOnly });
        for (const piece of pieces) await part.append(piece);
        if (!appendOnly) {
          const head = new Uint8Array(Math.min(headBytes, model.length)).fill(0xee);
          model.set(head);
          await part.replaceHead(head);
        }
        await part.finish({ path: "a", size: model.length, mediaType: "", formatVersion: "", encoding: undefined });
        const sha256 = await part.sealed();
        expect(model.equals(await readFile(join(folder, "a")))).toBe(true);
        expect(Buffer.from(sha256).equals(createHash("sha256").update(model).digest())).toBe(true);
      });
    }),
    { numRuns: 40 },
  );
});

test("digests files on both sides of what is digested without a thread", async () => {
  await inTemporaryFolder(async (folder) => {
    for (const size of [smallFileBytes, smallFileBytes + 1]) {
      const part = new PartFile(await open(join(folder, String(size)), "wx+"), options);
      const bytes = Buffer.alloc(size, "sluice");
      await part.append(bytes);
      await part.replaceHead(Buffer.from("SLUICE"));
      await finish(part, size);
      bytes.write("SLUICE");
      const expected = createHash("sha256").update(bytes).digest();
      expect(Buffer.compare(await part.sealed(), expected)).toBe(0);
    }
  });
});

test("computes no digest when none is asked for", async () => {
  const handle = new FakeHandle();
  const part = new PartFile(handle, { ...options, sha256: false });
  await part.append(new Uint8Array(mebibyte));
  await finish(part, mebibyte);
  expect(await part.sealed()).toEqual(new Uint8Array(0));
  expect(handle.closed).toBe(true);
});

test("goes on after a short write", async () => {
  const handle = new FakeHandle({ atMost: 300_000 });
  const part = new PartFile(handle, { ...options, sha256: false });
  await part.append(new Uint8Array(mebibyte));
  await finish(part, mebibyte);
  expect(handle.writes.map(({ offset }) => offset)).toEqual([0, 300_000, 600_000, 900_000]);
});

test("a disk that fills up is DISK_FULL at a later call, and the file is closed", async () => {
  const handle = new FakeHandle({ room: 3 * mebibyte });
  const part = new PartFile(handle, { ...options, sha256: false });
  await expect(appendMebibytes(part, 9)).rejects.toThrow("DISK_FULL (artifacts.a)");
  await part.abandon();
  expect(handle.closed).toBe(true);
});

test("a disk that fills up behind small writes is found too", async () => {
  const handle = new FakeHandle({ room: 100 });
  const part = new PartFile(handle, { ...options, sha256: false });
  await part.append(new Uint8Array(1000));
  await expect(finish(part, 1000)).rejects.toThrow("DISK_FULL");
  await part.abandon();
});

test("a sync that fails is found when the part is sealed", async () => {
  const handle = new FakeHandle({ syncFaults: ["EIO"] });
  const part = new PartFile(handle, options);
  await part.append(new Uint8Array(10));
  await finish(part, 10);
  await expect(part.sealed()).rejects.toThrow("STORAGE_FAILED");
  expect(handle.closed).toBe(true);
});

test("a fault that an early sync has met is not forgotten by the last one", async () => {
  const handle = new FakeHandle({ datasyncFaults: ["ENOSPC"] });
  const part = new PartFile(handle, { ...options, sha256: false });
  await expect(appendMebibytes(part, 80)).rejects.toThrow("DISK_FULL");
  await finish(part, 64 * mebibyte).catch(() => {});
  await expect(part.sealed()).rejects.toThrow();
  await part.abandon();
});

test("a file that was cut from outside is not taken for whole", async () => {
  const handle = new FakeHandle({ size: 9 });
  const part = new PartFile(handle, options);
  await part.append(new Uint8Array(10));
  await finish(part, 10);
  await expect(part.sealed()).rejects.toThrow("ARTIFACT_CHANGED");
});

async function appendMebibytes(part: PartFile, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await part.append(new Uint8Array(mebibyte));
}

function finish(part: PartFile, size: number): Promise<void> {
  return part.finish({ path: "a", size, mediaType: "", formatVersion: "", encoding: undefined });
}

interface FakeOptions {
  readonly room?: number;
  readonly atMost?: number;
  readonly size?: number;
  readonly syncFaults?: string[];
  readonly datasyncFaults?: string[];
}

/** A file of which only the calls are real. */
class FakeHandle {
  readonly fd = -1;
  readonly writes: { offset: number; length: number }[] = [];
  closed = false;
  readonly #options: FakeOptions;
  #size = 0;

  constructor(fakeOptions: FakeOptions = {}) {
    this.#options = fakeOptions;
  }

  writev = (async (pieces: readonly Uint8Array[], offset: number) => {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const { room = Number.POSITIVE_INFINITY, atMost = length } = this.#options;
    const bytesWritten = Math.min(length, atMost, room - offset);
    if (bytesWritten <= 0) throw fault("ENOSPC", "write");
    this.writes.push({ offset, length: bytesWritten });
    this.#size = Math.max(this.#size, offset + bytesWritten);
    return { bytesWritten, buffers: pieces };
  }) as PartHandle["writev"];

  datasync = async () => {
    const code = this.#options.datasyncFaults?.shift();
    if (code) throw fault(code, "fdatasync");
  };

  sync = async () => {
    const code = this.#options.syncFaults?.shift();
    if (code) throw fault(code, "fsync");
  };

  stat = (async () => ({ size: this.#options.size ?? this.#size })) as unknown as PartHandle["stat"];

  close = async () => {
    this.closed = true;
  };
}

function fault(code: string, syscall: string): Error {
  return Object.assign(new Error(code), { code, syscall });
}
