import { type DataType, itemSize } from "@sluice/core";
import { openSpool, type Spool } from "@sluice/sink";
import { transposeInto } from "@sluice/spikes";
import { mostSamples, type RawBlock } from "./raw-blocks.ts";
import type { RawRecording } from "./raw-recording.ts";

/** Turned round in memory, then written at once. */
const tileBytes = 16 * 2 ** 20;
/** Read at once at least, if the channels that are asked for have so much in a tile: what a disk does well. */
const readBytes = 64 * 2 ** 10;

/**
 * Raw traces [sample, channel] on their way to [channel, sample], as they are stored: the last 16 MiB in memory, the
 * rest on disk. They are kept in tiles [channel, sample], so that where a channel is follows from its number. Memory:
 * 32 MiB, and what is read at once, twice.
 */
export class TurnedSamples {
  readonly #spool: Spool;
  readonly #channels: number;
  readonly #bytes: number;
  /** Samples of each channel in a tile. */
  readonly #length: number;
  /** The tile that is being filled, and another one, on its way to the disk. */
  #tile: Uint8Array;
  #other: Uint8Array | undefined;
  #written: Promise<unknown> = Promise.resolve();
  /** Tiles on disk. */
  #tiles = 0;
  /** Samples in the tile that is being filled. */
  #filled = 0;

  constructor({ array, channels, samples }: RawRecording, spool: Spool = openSpool(), bytesPerTile = tileBytes) {
    this.#spool = spool;
    this.#channels = channels;
    this.#bytes = itemSize[array.dataType as DataType];
    const fitting = Math.floor(bytesPerTile / Math.max(1, channels * this.#bytes));
    this.#length = Math.max(1, Math.min(fitting, samples ?? fitting));
    this.#tile = this.#emptyTile();
  }

  /** Channels that are best read together. */
  get together(): number {
    return Math.ceil(readBytes / (this.#length * this.#bytes));
  }

  /** Blocks of whole samples come in order, each once. */
  async put({ shape: [rows = 0], data }: RawBlock): Promise<void> {
    const [columns, itemBytes] = [this.#channels, this.#bytes];
    for (let from = 0; from < rows; ) {
      if (this.#filled === this.#length) await this.#nextTile();
      const count = Math.min(rows - from, this.#length - this.#filled);
      const tile = {
        bytes: this.#tile.subarray(this.#filled * itemBytes),
        rows: columns,
        columns: this.#length,
        itemBytes,
      };
      const bytes = data.subarray(from * columns * itemBytes, (from + count) * columns * itemBytes);
      transposeInto(tile, { bytes, rows: count, columns, itemBytes });
      this.#filled += count;
      from += count;
    }
  }

  /** The samples of `count` channels from `first` on, those of each in order, in blocks that last until the next one. */
  async *blocks(first: number, count: number): AsyncGenerator<RawBlock> {
    await this.#written;
    this.#other = undefined;
    const bytes = count * this.#length * this.#bytes;
    const rooms = [0, 1].map(() => new Uint8Array(this.#tiles > 0 ? bytes : 0));
    const start = (tile: number) => {
      if (tile >= this.#tiles) return undefined;
      const room = rooms[tile % 2] as Uint8Array;
      const place = (tile * this.#channels + first) * this.#length * this.#bytes;
      const read = this.#spool.readInto(place, room).then(() => room);
      // What fails is told when its turn comes.
      read.catch(() => undefined);
      return read;
    };
    let next = start(0);
    for (let tile = 0; tile < this.#tiles; tile++) {
      const values = (await next) as Uint8Array;
      next = start(tile + 1);
      yield* this.#runs(first, count, values, tile, this.#length);
    }
    const held = this.#tile.subarray(first * this.#length * this.#bytes);
    yield* this.#runs(first, count, held, this.#tiles, this.#filled);
  }

  async close(): Promise<void> {
    await this.#written.catch(() => undefined);
    await this.#spool.close();
  }

  /** The first `samples` of each channel in a part of a tile. */
  *#runs(first: number, count: number, values: Uint8Array, tile: number, samples: number): Generator<RawBlock> {
    for (let channel = 0; channel < count; channel++) {
      for (let from = 0; from < samples; from += mostSamples) {
        const length = Math.min(mostSamples, samples - from);
        const start = (channel * this.#length + from) * this.#bytes;
        const data = values.subarray(start, start + length * this.#bytes);
        yield { offset: [first + channel, tile * this.#length + from], shape: [1, length], data };
      }
    }
  }

  async #nextTile(): Promise<void> {
    await this.#written;
    const full = this.#tile;
    this.#tile = this.#other ?? this.#emptyTile();
    this.#other = full;
    this.#written = this.#spool.append(full);
    // What fails is told by the next call.
    this.#written.catch(() => undefined);
    this.#tiles++;
    this.#filled = 0;
  }

  #emptyTile(): Uint8Array {
    return new Uint8Array(this.#channels * this.#length * this.#bytes);
  }
}
