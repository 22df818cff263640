import { type ArtifactWriter, Code, SluiceError } from "@sluice/core";
import type { Addresses } from "./addresses.ts";
import { align } from "./appender.ts";
import { FileTail } from "./file-tail.ts";
import { GlobalHeap } from "./global-heap.ts";
import { superblockBytes } from "./superblock.ts";
import { WriteQueue } from "./write-queue.ts";

/** Texts that wait for their place in the file at most, while elements are appended. */
const waitingTextBytes = 1024 * 1024;

/** What all objects of a file that is being written share. */
export class OpenFile<Member = unknown> {
  readonly tail: FileTail;
  readonly queue: WriteQueue;
  readonly heap = new GlobalHeap();
  /** All objects, by their numbers. */
  readonly objects: Member[] = [];
  /** For elements that hold texts, but no references. */
  readonly textAddresses: Addresses = {
    collection: (number) => this.heap.addressOf(number),
    object: (number) => {
      throw new Error(`Object ${number} has no address before the file is laid out.`);
    },
  };
  /** Called when elements were taken; in turn, so that nothing else is written meanwhile. */
  stored: () => Promise<void> = async () => {};
  /** Whose elements were appended last: a dataset in one piece bears no other in between. */
  lastAppender: unknown;
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(writer: ArtifactWriter) {
    if (writer.position !== 0) throw new RangeError(`An HDF5 file begins at offset 0, not at ${writer.position}.`);
    this.tail = new FileTail(writer);
    // Zeros until the file is closed: nobody takes half a file for a whole one.
    this.tail.append(new Uint8Array(superblockBytes));
    this.queue = new WriteQueue(this.tail);
  }

  /** Counts an object in and returns its number. */
  register(object: Member, path: string): number {
    this.requireOpen(path);
    return this.objects.push(object) - 1;
  }

  /** Runs work after all that was asked for before. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    // The caller hears of a failure; the next in turn only waits for the end.
    this.#turn = result.catch(() => {});
    return result;
  }

  /** Nothing can be changed from here on. */
  end(): void {
    this.#closed = true;
  }

  requireOpen(path: string): void {
    if (!this.#closed) return;
    throw new SluiceError({
      reason: "HDF5_FILE_CLOSED",
      message: "The file was closed; nothing can be added to it.",
      field: path,
      grpcCode: Code.INTERNAL,
    });
  }

  /** Gives the texts their places when they are many. */
  async placeManyTexts(): Promise<void> {
    if (this.heap.waitingBytes > waitingTextBytes) await this.placeTexts();
  }

  /** Appends the texts that wait; all addresses of texts are known afterwards. */
  async placeTexts(): Promise<void> {
    for (const collection of this.heap.seal()) {
      await this.queue.add({
        bytes: collection.length,
        prepare: () => collection,
        append: (bytes, tail) => {
          align(tail);
          this.heap.placed(tail.append(bytes));
        },
      });
    }
    await this.queue.drain();
  }
}
