import { setImmediate as nextTurn } from "node:timers/promises";
import { StorageError, type StoredFile } from "./stored-file.ts";

/** Where structures are read from: a file, or pages of one. */
export interface StructureSource {
  /** Bytes at an address, which are not to be changed; a StorageError beyond the end of the file. */
  read(address: number, length: number): Promise<Buffer>;
}

const pageBytes = 64 * 1024;
/** 4 MiB of metadata are kept. */
const mostPages = 64;
/** Structures that are read in a row before others have their turn: about a millisecond. */
const readsPerTurn = 128;

/** A file read in pages, of which the last ones used are kept: its structures are small and lie close together. */
export class Pages implements StructureSource {
  readonly #file: StoredFile;
  readonly #end: number;
  readonly #pages = new Map<number, Promise<Buffer>>();
  #reads = 0;

  /** @param end where the file ends by its own account, which may be before the end that the disk knows */
  constructor(file: StoredFile, end: number) {
    this.#file = file;
    this.#end = end;
  }

  /** Bytes of the file. */
  get bytes(): number {
    return this.#end;
  }

  async read(address: number, length: number): Promise<Buffer> {
    if (address + length > this.#end) throw new StorageError(`the file ends before ${address + length}`);
    this.#reads += 1;
    if (this.#reads % readsPerTurn === 0) await nextTurn();
    const first = Math.floor(address / pageBytes);
    const last = Math.floor((address + length - 1) / pageBytes);
    if (length === 0) return Buffer.alloc(0);
    if (last > first + 1) return await this.#file.read(address, length);
    const start = address - first * pageBytes;
    const page = await this.#page(first);
    if (last === first) return page.subarray(start, start + length);
    return Buffer.concat([page.subarray(start), (await this.#page(last)).subarray(0, start + length - pageBytes)]);
  }

  /** Bytes at an address in memory of their own. */
  async copy(address: number, length: number): Promise<Buffer> {
    if (length <= pageBytes) return copied(await this.read(address, length));
    if (address + length > this.#end) throw new StorageError(`the file ends before ${address + length}`);
    return await this.#file.read(address, length);
  }

  #page(number: number): Promise<Buffer> {
    const address = number * pageBytes;
    const page = this.#pages.get(number) ?? this.#file.read(address, Math.min(pageBytes, this.#end - address));
    this.#pages.delete(number);
    this.#pages.set(number, page);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > mostPages && oldest !== undefined) this.#pages.delete(oldest);
    return page;
  }
}

/** Bytes in memory that is no part of Node's pool: it may be given to others whole. */
export function copied(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
