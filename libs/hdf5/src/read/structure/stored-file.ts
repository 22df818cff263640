import { type FileHandle, open } from "node:fs/promises";

/** What is wrong with a file, or stored in a way that is not understood here. */
export class StorageError extends Error {}

const signature = Buffer.from("\x89HDF\r\n\x1a\n", "latin1");
/** Larger structures come from damaged addresses. */
const maximumReadBytes = 512 * 1024 * 1024;

/** The bytes of a file by HDF5's addresses, beside the library, which gives no chunk as it is stored. */
export class StoredFile {
  /** Bytes that the disk has. */
  readonly bytes: number;
  /** Where addresses count from: the superblock. */
  readonly base: number;
  /** Version of the superblock. */
  readonly version: number;
  readonly #handle: FileHandle;

  /** Opens a file whose addresses and lengths have 8 bytes, as all have that were written in this century. */
  static async open(path: string): Promise<StoredFile> {
    const handle = await attempted(open(path));
    try {
      const { size } = await attempted(handle.stat());
      return new StoredFile(handle, size, await findSuperblockOf(handle));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  private constructor(handle: FileHandle, bytes: number, { base, version }: { base: number; version: number }) {
    this.#handle = handle;
    this.bytes = bytes;
    this.base = base;
    this.version = version;
  }

  /** Bytes at an address; a StorageError beyond the end of the file. */
  async read(address: number, length: number): Promise<Buffer> {
    const end = this.base + address + length;
    if (end > this.bytes) throw new StorageError(`the file ends before ${address + length}`);
    if (length > maximumReadBytes) throw new StorageError(`a structure of ${length} bytes at ${address}`);
    const bytes = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const reading = this.#handle.read(bytes, filled, length - filled, this.base + address + filled);
      const { bytesRead } = await attempted(reading);
      if (bytesRead === 0) throw new StorageError(`the file ends before ${address + length}`);
      filled += bytesRead;
    }
    return bytes;
  }

  /** Closes the file; to close it again does nothing. */
  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** What the system refuses is a StorageError, without folders of this machine. */
async function attempted<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new StorageError(`the system refuses to read it (${code})`, { cause: error });
  }
}

/** True when a file has the signature of HDF5, at its start or behind a block of the user's own. */
export async function isHdf5(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    return (await findSuperblock(handle)) !== undefined;
  } finally {
    await handle.close();
  }
}

async function findSuperblockOf(handle: FileHandle): Promise<{ base: number; version: number }> {
  const base = await findSuperblock(handle);
  if (base === undefined) throw new StorageError("no superblock");
  const head = Buffer.alloc(16);
  await attempted(handle.read(head, 0, head.length, base));
  const version = head[8] as number;
  const sizesAt = version < 2 ? 13 : 9;
  if (head[sizesAt] === 8 && head[sizesAt + 1] === 8) return { base, version };
  throw new StorageError(`addresses of ${head[sizesAt]} bytes`);
}

/** A superblock is at 0, 512, 1024 and so on doubled (spec II.A). */
async function findSuperblock(handle: FileHandle): Promise<number | undefined> {
  const { size } = await attempted(handle.stat());
  const head = Buffer.alloc(signature.length);
  for (let base = 0; base < size; base = base === 0 ? 512 : base * 2) {
    await attempted(handle.read(head, 0, head.length, base));
    if (head.equals(signature)) return base;
  }
  return undefined;
}
