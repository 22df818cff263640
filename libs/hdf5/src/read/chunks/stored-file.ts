import { type FileHandle, open } from "node:fs/promises";

/** What is wrong with a file, or stored in a way that is not understood here. */
export class StorageError extends Error {}

const signature = Buffer.from("\x89HDF\r\n\x1a\n", "latin1");
/** Larger structures come from damaged addresses. */
const maximumReadBytes = 512 * 1024 * 1024;

/** The bytes of a file by HDF5's addresses, beside the library, which gives no chunk as it is stored. */
export class StoredFile {
  readonly #handle: FileHandle;
  readonly #base: number;

  /** Opens a file whose addresses and lengths have 8 bytes, as all have that were written in this century. */
  static async open(path: string): Promise<StoredFile> {
    const handle = await open(path);
    try {
      return new StoredFile(handle, await findBase(handle));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  private constructor(handle: FileHandle, base: number) {
    this.#handle = handle;
    this.#base = base;
  }

  /** Bytes at an address; a StorageError beyond the end of the file. */
  async read(address: number, length: number): Promise<Buffer> {
    if (length > maximumReadBytes) throw new StorageError(`a structure of ${length} bytes at ${address}`);
    const bytes = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#handle.read(bytes, filled, length - filled, this.#base + address + filled);
      if (bytesRead === 0) throw new StorageError(`the file ends before ${address + length}`);
      filled += bytesRead;
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** Where addresses count from: the superblock, which may follow a block of the user's own (spec II.A). */
async function findBase(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat();
  const head = Buffer.alloc(16);
  for (let base = 0; base < size; base = base === 0 ? 512 : base * 2) {
    await handle.read(head, 0, head.length, base);
    if (!head.subarray(0, 8).equals(signature)) continue;
    const sizesAt = (head[8] as number) < 2 ? 13 : 9;
    if (head[sizesAt] === 8 && head[sizesAt + 1] === 8) return base;
    throw new StorageError(`addresses of ${head[sizesAt]} bytes`);
  }
  throw new StorageError("no superblock");
}
