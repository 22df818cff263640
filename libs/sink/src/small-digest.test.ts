import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { smallDigest } from "./small-digest.ts";
import { inTemporaryFolder } from "./testing/temporary-folder.ts";

const never = new AbortController().signal;

test("equals node:crypto's digest of so many bytes", async () => {
  await inTemporaryFolder(async (folder) => {
    const bytes = Uint8Array.from({ length: 2_500_000 }, (_, index) => index * 7 + (index >> 8));
    const handle = await open(join(folder, "a"), "wx+");
    await handle.writeFile(bytes);
    for (const size of [0, 1, 1024 * 1024, bytes.length]) {
      const expected = createHash("sha256").update(bytes.subarray(0, size)).digest();
      expect(Buffer.compare(await smallDigest(handle.fd, size, never), expected)).toBe(0);
    }
    await expect(smallDigest(handle.fd, bytes.length + 1, never)).rejects.toThrow("STORAGE_FAILED");
    await expect(smallDigest(handle.fd, 1, AbortSignal.abort(new Error("cancelled")))).rejects.toThrow("cancelled");
    await handle.close();
  });
});

test("a file that cannot be read back is named", async () => {
  await inTemporaryFolder(async (folder) => {
    const handle = await open(join(folder, "a"), "wx");
    await handle.writeFile("abc");
    await expect(smallDigest(handle.fd, 3, never)).rejects.toMatchObject({
      problem: { reason: "STORAGE_FAILED", got: "EBADF" },
    });
    await handle.close();
  });
});
