import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { Code, SluiceError } from "@sluice/core";
import type { ArtifactTarget, ClosedArtifact } from "./artifact-store.ts";
import { FileDigest } from "./file-digest.ts";
import { namingFaults } from "./file-problem.ts";
import { smallDigest, smallFileBytes } from "./small-digest.ts";
import { WriteBuffer } from "./write-buffer.ts";

/** What a part needs of an open file. */
export type PartHandle = Pick<FileHandle, "fd" | "writev" | "datasync" | "sync" | "stat" | "close">;

export interface PartOptions {
  /** What problems are named under. */
  readonly field: string;
  /** Compute the SHA-256. */
  readonly sha256: boolean;
  /** The head will not be rewritten: the digest follows the writer. */
  readonly appendOnly: boolean;
  /** Ends the digest early. */
  readonly signal: AbortSignal;
}

// Measured on Linux, ext4, frames of 0.5 MiB: with 1 MiB a call the bytes are still in the processor's cache when they are
// copied, and a GiB takes 0.55 s; with a call for each frame, or with 4 MiB, it takes 0.6 to 1 s.
const batchBytes = 1024 * 1024;

// Left alone, Linux begins to write a file of some GiB only when it is complete; this way the disk works meanwhile.
const syncBytes = 64 * 1024 * 1024;

/** The hidden file that holds an artifact until commit: bytes in, then made durable and digested in the background. */
export class PartFile implements ArtifactTarget {
  readonly #handle: PartHandle;
  readonly #options: PartOptions;
  readonly #buffer: WriteBuffer;
  #digest: FileDigest | undefined;
  #syncing: Promise<void> | undefined;
  #syncFault: unknown;
  #synced = 0;
  #sealing: Promise<Uint8Array> | undefined;
  #closed = false;

  constructor(handle: PartHandle, options: PartOptions) {
    this.#handle = handle;
    this.#options = options;
    this.#buffer = new WriteBuffer((pieces, offset) => this.#send(pieces, offset), batchBytes);
  }

  append(bytes: Uint8Array): Promise<void> {
    return this.#buffer.append(bytes);
  }

  async replaceHead(bytes: Uint8Array): Promise<void> {
    const whole = this.#buffer.whole();
    if (whole) return whole.set(bytes);
    await this.#buffer.flush();
    await this.#write([bytes], 0);
  }

  /** The head goes last: it must not lead to bytes that the disk does not have yet. */
  async checkpoint(head: Uint8Array): Promise<void> {
    await this.#buffer.flush();
    await this.#sync();
    await this.#write([head], 0);
    await this.#sync();
  }

  /** Resolves when all bytes are handed to the system; `sealed` tells when they are durable. */
  async finish({ size }: ClosedArtifact): Promise<void> {
    const whole = this.#buffer.whole();
    const small = whole && this.#options.sha256 ? sha256Of(whole) : undefined;
    await this.#buffer.end();
    this.#sealing = this.#seal(size, small);
    // `sealed` throws it; until then it is nobody's.
    this.#sealing.catch(() => {});
  }

  /** The SHA-256 (empty if it was not asked for), once the part is durable and closed. */
  sealed(): Promise<Uint8Array> {
    return this.#sealing ?? Promise.reject(new Error("The part was not finished."));
  }

  /** Closes the file wherever it stands. */
  async abandon(): Promise<void> {
    await this.#buffer.idle();
    await this.#syncing;
    await this.#sealing?.catch(() => {});
    await this.#digest?.abandon();
    await this.#close();
  }

  async #send(pieces: readonly Uint8Array[], offset: number): Promise<void> {
    const end = await this.#write(pieces, offset);
    if (end - this.#synced >= syncBytes) this.#syncing ??= this.#syncSoFar(end);
    const { sha256, appendOnly, signal } = this.#options;
    if (!sha256 || end <= smallFileBytes) return;
    // Made before the file is complete, so that the thread has started by then.
    this.#digest ??= new FileDigest(this.#handle.fd, signal);
    if (appendOnly) this.#digest.follow(end);
  }

  /** Writes all pieces and gives the offset behind them. */
  #write(pieces: readonly Uint8Array[], offset: number): Promise<number> {
    return namingFaults(this.#options.field, async () => {
      if (this.#syncFault) throw this.#syncFault;
      let end = offset;
      for (let left = pieces; left.length > 0; ) {
        const { bytesWritten } = await this.#handle.writev(left, end);
        end += bytesWritten;
        left = withoutFirst(left, bytesWritten);
      }
      return end;
    });
  }

  async #syncSoFar(end: number): Promise<void> {
    this.#synced = end;
    try {
      await this.#handle.datasync();
      this.#syncing = undefined;
    } catch (error) {
      // The system tells of a lost write once: the last sync may succeed again.
      this.#syncFault = error;
    }
  }

  #sync(): Promise<void> {
    return namingFaults(this.#options.field, async () => {
      await this.#syncing;
      if (this.#syncFault) throw this.#syncFault;
      await this.#handle.datasync();
    });
  }

  /** The last sync, which tells of a fault that an earlier one has met. */
  async #syncAll(): Promise<void> {
    await this.#syncing;
    await this.#handle.sync();
    if (this.#syncFault) throw this.#syncFault;
  }

  async #seal(size: number, small: Uint8Array | undefined): Promise<Uint8Array> {
    try {
      // Both use the file: neither may be left alone with it when the other fails.
      const [digest, durable] = await Promise.allSettled([
        small ?? this.#digest?.finish(size) ?? this.#smallDigest(size),
        namingFaults(this.#options.field, () => this.#syncAll()),
      ]);
      if (durable.status === "rejected") throw durable.reason;
      if (digest.status === "rejected") throw digest.reason;
      const found = (await this.#handle.stat()).size;
      if (found !== size) throw partChanged(this.#options.field, `${found} bytes instead of ${size}`);
      return digest.value;
    } finally {
      await this.#close();
    }
  }

  async #smallDigest(size: number): Promise<Uint8Array> {
    const { sha256, signal } = this.#options;
    return sha256 ? smallDigest(this.#handle.fd, size, signal) : new Uint8Array(0);
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await namingFaults(this.#options.field, () => this.#handle.close());
  }
}

/** What is left of pieces when their first bytes are taken away: a call may write less than it was given. */
function withoutFirst(pieces: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let taken = bytes;
  return pieces.flatMap((piece) => {
    const part = piece.subarray(Math.min(taken, piece.length));
    taken -= piece.length - part.length;
    return part.length > 0 ? [part] : [];
  });
}

/** Somebody else has changed a file of the export before its commit. */
export function partChanged(field: string, got: string): SluiceError {
  return new SluiceError({
    reason: "ARTIFACT_CHANGED",
    message: "The unfinished file was changed or replaced from outside before it got its name.",
    field,
    got,
    remedy: "Keep other programs away from hidden .part files, then export again.",
    grpcCode: Code.DATA_LOSS,
  });
}

function sha256Of(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}
