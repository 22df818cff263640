import { asBytes } from "@sluice/core";
import { openSpool, type Spool } from "@sluice/sink";

/** Bytes on their way to the disk at most. */
const mostPending = 32 * 2 ** 20;

/** Values of channels on disk, to be read again channel by channel. Memory: what is on its way, and 16 bytes a piece. */
export class ChannelSpool {
  readonly #spool: Spool = openSpool();
  readonly #Elements: typeof Float32Array | typeof Float64Array;
  readonly #pieces: { readonly offset: number; readonly length: number }[][];
  #pending: Promise<number>[] = [];
  #pendingBytes = 0;

  /** @param Elements Float32Array rounds the values to 24 bits, in half the space */
  constructor(channels: number, Elements: typeof Float32Array | typeof Float64Array) {
    this.#Elements = Elements;
    this.#pieces = Array.from({ length: channels }, () => []);
  }

  /** Puts values aside; `settle` is called before more than a few of them are on their way. */
  put(channel: number, values: Float64Array): void {
    const bytes = asBytes(this.#Elements === Float64Array ? values : new Float32Array(values));
    this.#pieces[channel]?.push({ offset: this.#spool.length, length: values.length });
    const write = this.#spool.append(bytes);
    // What fails is told by `settle`.
    write.catch(() => undefined);
    this.#pending.push(write);
    this.#pendingBytes += bytes.length;
  }

  /** Waits while much is on its way; throws what went wrong. */
  async settle(all = false): Promise<void> {
    if (!all && this.#pendingBytes < mostPending) return;
    const pending = this.#pending;
    [this.#pending, this.#pendingBytes] = [[], 0];
    await Promise.all(pending);
  }

  /** The values of a channel in order, in pieces. */
  async *read(channel: number): AsyncGenerator<Float64Array> {
    const pieces = this.#pieces[channel] ?? [];
    const { BYTES_PER_ELEMENT: size } = this.#Elements;
    const start = (index: number) => {
      const piece = pieces[index];
      const read = piece && this.#spool.read(piece.offset, piece.length * size);
      read?.catch(() => undefined);
      return read;
    };
    let next = start(0);
    for (let index = 0; index < pieces.length; index++) {
      const bytes = (await next) as Uint8Array;
      next = start(index + 1);
      const values = new this.#Elements(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength / size);
      yield values instanceof Float64Array ? values : new Float64Array(values);
    }
  }

  close(): Promise<void> {
    return this.#spool.close();
  }
}
