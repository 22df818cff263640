import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { FileDigest } from "./file-digest.ts";
import { inTemporaryFolder } from "./testing/temporary-folder.ts";

const mebibyte = 1024 * 1024;
const never = new AbortController().signal;

test("equals node:crypto's digest, whether it follows the writer or comes after it", async () => {
  await inTemporaryFolder(async (folder) => {
    const bytes = numbered(70 * mebibyte + 5);
    const handle = await open(join(folder, "a"), "wx+");
    const follower = new FileDigest(handle.fd, never);
    for (let offset = 0; offset < bytes.length; offset += 10 * mebibyte) {
      const piece = bytes.subarray(offset, offset + 10 * mebibyte);
      await handle.write(piece, 0, piece.length, offset);
      follower.follow(offset + piece.length);
    }
    const expected = sha256(bytes);
    expect(await follower.finish(bytes.length)).toEqual(expected);
    expect(await new FileDigest(handle.fd, never).finish(bytes.length)).toEqual(expected);
    expect(await new FileDigest(handle.fd, never).finish(0)).toEqual(sha256(new Uint8Array(0)));
    await handle.close();
  });
});

test("keeps many files at once apart", async () => {
  await inTemporaryFolder(async (folder) => {
    const digests = Array.from({ length: 12 }, async (_, index) => {
      const bytes = numbered(1000 * index + 1);
      const handle = await open(join(folder, `${index}`), "wx+");
      await handle.writeFile(bytes);
      expect(await new FileDigest(handle.fd, never).finish(bytes.length)).toEqual(sha256(bytes));
      await handle.close();
    });
    await Promise.all(digests);
  });
});

test("says so when the file is shorter than what was written", async () => {
  await inTemporaryFolder(async (folder) => {
    const handle = await open(join(folder, "a"), "wx+");
    await handle.writeFile("abc");
    await expect(new FileDigest(handle.fd, never).finish(4)).rejects.toThrow("STORAGE_FAILED");
    await handle.close();
  });
});

test("ends early when the export is given up, and lets the file go", async () => {
  await inTemporaryFolder(async (folder) => {
    const handle = await sparse(join(folder, "a"), 1024 * mebibyte);
    const giveUp = new AbortController();
    const digest = new FileDigest(handle.fd, giveUp.signal);
    const finished = digest.finish(1024 * mebibyte);
    giveUp.abort(new Error("cancelled"));
    await expect(finished).rejects.toThrow("cancelled");
    await digest.abandon();
    await handle.close();
  });
});

async function sparse(path: string, size: number): Promise<FileHandle> {
  const handle = await open(path, "wx+");
  await handle.truncate(size);
  return handle;
}

function numbered(length: number): Uint8Array {
  // A prime period: pieces at different offsets differ.
  const period = Uint8Array.from({ length: 65_521 }, (_, index) => index + (index >> 8));
  return new Uint8Array(Buffer.alloc(length, period));
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}
