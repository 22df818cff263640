import { createHash } from "node:crypto";
import { read } from "node:fs";
import { promisify } from "node:util";
import { unreadable } from "./digest-worker.ts";

/** Up to here a file is digested before a thread would have started. */
export const smallFileBytes = 16 * 1024 * 1024;

// Half a millisecond of this thread at a time.
const stepBytes = 1024 * 1024;

const readFrom = promisify(read);

/** SHA-256 of the first `size` bytes of an open file, computed in this thread. */
export async function smallDigest(file: number, size: number, signal: AbortSignal): Promise<Uint8Array> {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(Math.min(size, stepBytes));
  for (let offset = 0; offset < size; ) {
    signal.throwIfAborted();
    const { bytesRead } = await readFrom(file, buffer, 0, Math.min(buffer.length, size - offset), offset).catch(
      (error: NodeJS.ErrnoException) => Promise.reject(unreadable(error)),
    );
    if (bytesRead === 0) throw unreadable({ message: `file ends at ${offset}`, code: "CUT" });
    hash.update(buffer.subarray(0, bytesRead));
    offset += bytesRead;
  }
  return new Uint8Array(hash.digest());
}
