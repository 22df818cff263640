import { asBytes } from "@sluice/core";
import { openSpool, type Spool } from "@sluice/sink";

/** What goes to the disk at once. */
const pageBytes = 2 ** 20;
/** Pages that stay in memory; older ones go to the disk. */
const mostHeld = 16;
/** Pages on their way to the disk at most. */
const mostPending = 16;

/** Values as they are kept. */
export type KeptValues = Float32Array | Float64Array;

interface Page {
  /** Absent once they are on disk. */
  values: KeptValues | undefined;
  /** Place on disk, once they are on their way there. */
  offset: number | undefined;
  used: number;
  /** Pieces in it that may be read. */
  pieces: number;
}

interface Piece {
  readonly page: Page;
  readonly start: number;
  length: number;
}

/**
 * Values of channels that wait to be read again, channel by channel: the last 16 MiB in memory, the rest on disk.
 * Memory: 32 MiB at most, and some 50 bytes for each piece of a channel.
 */
export class ChannelSpool {
  readonly #openSpool: () => Spool;
  #spool: Spool;
  readonly #Elements: typeof Float32Array | typeof Float64Array;
  readonly #pageLength: number;
  readonly #pieces: Piece[][];
  /** Full pages in memory, oldest first. */
  readonly #held: Page[] = [];
  /** Pieces of all channels. */
  #waiting = 0;
  #current: Page;
  readonly #free: KeptValues[] = [];
  #pending: Promise<void>[] = [];

  /** @param Elements Float32Array rounds the values to 24 bits, in half the space */
  constructor(channels: number, Elements: typeof Float32Array | typeof Float64Array, open: () => Spool = openSpool) {
    this.#openSpool = open;
    this.#spool = open();
    this.#Elements = Elements;
    this.#pageLength = pageBytes / Elements.BYTES_PER_ELEMENT;
    this.#pieces = Array.from({ length: channels }, () => []);
    this.#current = this.#emptyPage();
  }

  /** Copies values that follow those before; `settle` is called before the disk falls far behind. */
  put(channel: number, values: Float64Array): void {
    for (let from = 0; from < values.length; ) {
      const page = this.#current;
      const length = Math.min(values.length - from, this.#pageLength - page.used);
      page.values?.set(values.subarray(from, from + length), page.used);
      this.#addPiece(channel, page, length);
      page.used += length;
      from += length;
      if (page.used === this.#pageLength) this.#turnPage();
    }
  }

  /** Waits while much is on its way to the disk; throws what went wrong. */
  async settle(all = false): Promise<void> {
    if (!all && this.#pending.length < mostPending) return;
    const pending = this.#pending;
    this.#pending = [];
    await Promise.all(pending);
  }

  /** The values of a channel in order, in pieces that last until the next is asked for; all have settled. */
  async *read(channel: number): AsyncGenerator<KeptValues> {
    const pieces = this.#pieces[channel] ?? [];
    const rooms = [0, 1].map(() => new this.#Elements(0));
    const start = (index: number) => {
      const piece = pieces[index];
      if (!piece) return undefined;
      const read = this.#valuesOf(piece, rooms, index % 2);
      // What fails is told when its turn comes.
      read.catch(() => undefined);
      return read;
    };
    let next = start(0);
    for (let index = 0; index < pieces.length; index++) {
      const values = (await next) as KeptValues;
      next = start(index + 1);
      yield values;
    }
  }

  /** Gives up the values of a channel, and the memory that held nothing else; with those of the last, the disk. */
  async drop(channel: number): Promise<void> {
    const pieces = this.#pieces[channel] ?? [];
    for (const { page } of pieces) {
      page.pieces -= 1;
      if (page.pieces > 0) continue;
      if (page === this.#current) page.used = 0;
      else this.#release(page);
    }
    this.#pieces[channel] = [];
    this.#waiting -= pieces.length;
    if (this.#waiting > 0 || this.#spool.length === 0) return;
    await this.settle(true);
    await this.#spool.close();
    this.#spool = this.#openSpool();
  }

  close(): Promise<void> {
    return this.#spool.close();
  }

  #addPiece(channel: number, page: Page, length: number): void {
    const pieces = this.#pieces[channel] as Piece[];
    const last = pieces.at(-1);
    if (last && last.page === page && last.start + last.length === page.used) {
      last.length += length;
      return;
    }
    pieces.push({ page, start: page.used, length });
    page.pieces += 1;
    this.#waiting += 1;
  }

  #emptyPage(): Page {
    const values = this.#free.pop() ?? new this.#Elements(this.#pageLength);
    return { values, offset: undefined, used: 0, pieces: 0 };
  }

  #turnPage(): void {
    this.#held.push(this.#current);
    if (this.#held.length > mostHeld) {
      const write = this.#write(this.#held.shift() as Page);
      // What fails is told by `settle`.
      write.catch(() => undefined);
      this.#pending.push(write);
    }
    this.#current = this.#emptyPage();
  }

  async #write(page: Page): Promise<void> {
    const values = page.values as KeptValues;
    page.offset = this.#spool.length;
    await this.#spool.append(asBytes(values));
    page.values = undefined;
    this.#free.push(values);
  }

  /** Takes back the memory of a page that nothing needs; one on its way to the disk gives it back by itself. */
  #release(page: Page): void {
    const index = this.#held.indexOf(page);
    if (index === -1) return;
    this.#held.splice(index, 1);
    this.#free.push(page.values as KeptValues);
  }

  async #valuesOf({ page, start, length }: Piece, rooms: KeptValues[], turn: number): Promise<KeptValues> {
    if (page.values) return page.values.subarray(start, start + length);
    let room = rooms[turn] as KeptValues;
    if (room.length < length) room = rooms[turn] = new this.#Elements(length);
    const values = room.subarray(0, length);
    await this.#spool.readInto((page.offset as number) + start * this.#Elements.BYTES_PER_ELEMENT, asBytes(values));
    return values;
  }
}
