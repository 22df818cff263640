import { randomBytes } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SluiceError } from "@sluice/core";
import { fileProblem } from "./file-problem.ts";

/** Bytes that are put aside on disk until they are needed: appended, read back, gone when it is closed. */
export interface Spool {
  /** Bytes appended so far, those on their way included. */
  readonly length: number;
  /** Appends bytes, which do not change until the call has resolved, and gives their offset. Calls may overlap. */
  append(bytes: Uint8Array): Promise<number>;
  /** `length` bytes from `offset` on, of those whose `append` has resolved, in new memory. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Fills `bytes` from `offset` on, likewise: for whoever reads much and has memory to fill again. */
  readInto(offset: number, bytes: Uint8Array): Promise<void>;
  /** Gives the disk space back. Further calls of `close` do nothing. */
  close(): Promise<void>;
}

/** Where and how a spool keeps its bytes. */
export interface SpoolOptions {
  /** Default: the system's folder for temporary files (TMPDIR). */
  readonly folder?: string;
}

/**
 * Opens a spool: a file without a name in the folder for temporary files, made with the first byte. As it has no name,
 * it is gone however the process ends. The caller closes it in every ending.
 *
 * Calls fail with DISK_FULL and the other reasons of {@link fileProblem}, field "spool".
 */
export function openSpool({ folder = tmpdir() }: SpoolOptions = {}): Spool {
  return new SpoolFile(() => openNameless(folder));
}

class SpoolFile implements Spool {
  length = 0;
  readonly #open: () => Promise<FileHandle>;
  #file: Promise<FileHandle> | undefined;
  #closed = false;

  constructor(openFile: () => Promise<FileHandle>) {
    this.#open = openFile;
  }

  async append(bytes: Uint8Array): Promise<number> {
    this.#requireOpen();
    const offset = this.length;
    this.length += bytes.length;
    await namingSpool(async () => {
      this.#file ??= this.#open();
      const file = await this.#file;
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
        done += bytesWritten;
      }
    });
    return offset;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    this.#requireInside(offset, length);
    const bytes = new Uint8Array(length);
    await this.readInto(offset, bytes);
    return bytes;
  }

  async readInto(offset: number, bytes: Uint8Array): Promise<void> {
    const { length } = bytes;
    this.#requireInside(offset, length);
    await namingSpool(async () => {
      for (let done = 0; done < length; ) {
        const { bytesRead } = (await (await this.#file)?.read(bytes, done, length - done, offset + done)) ?? {};
        if (!bytesRead) throw new Error("The spool is shorter than what was appended to it.");
        done += bytesRead;
      }
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // A file that could not be opened has told so to the call that needed it.
    const file = await this.#file?.catch(() => undefined);
    await namingSpool(async () => file?.close());
  }

  #requireInside(offset: number, length: number): void {
    this.#requireOpen();
    if (offset < 0 || length < 0 || offset + length > this.length) {
      throw new RangeError(`The spool holds ${this.length} bytes; ${length} from ${offset} on were asked for.`);
    }
  }

  #requireOpen(): void {
    if (this.#closed) throw new Error("The spool is closed.");
  }
}

async function openNameless(folder: string): Promise<FileHandle> {
  const path = join(folder, `.sluice-${randomBytes(12).toString("hex")}.spool`);
  const file = await open(path, "wx+", 0o600);
  try {
    await rm(path);
  } catch (error) {
    await file.close();
    throw error;
  }
  return file;
}

async function namingSpool<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const named = fileProblem(error, "spool");
    if (!(named instanceof SluiceError)) throw named;
    const message = "Data that wait for their place in the output could not be kept in the folder for temporary files.";
    const remedy = "Free some space there, or set TMPDIR to a folder on a disk with room for the data.";
    throw new SluiceError({ ...named.problem, message, remedy }, { cause: error });
  }
}
