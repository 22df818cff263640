import { Code, SluiceError } from "@sluice/core";
import { align } from "./appender.ts";
import type { OpenFile } from "./open-file.ts";
import type { Storage } from "./storage.ts";
import { contiguousLayout } from "./storage-messages.ts";

/** Elements in one piece, written as they come: nothing else can be appended to the file in between. */
export class ContiguousStorage implements Storage {
  readonly storageClass = "contiguous";
  readonly filters = [];
  readonly layoutBytes: number = contiguousLayout(0, 0).length;
  readonly #file: OpenFile;
  readonly #path: string;
  readonly #totalBytes: number;
  #appendedBytes = 0;
  #address: number | undefined;

  constructor(file: OpenFile, path: string, totalBytes: number) {
    this.#file = file;
    this.#path = path;
    this.#totalBytes = totalBytes;
  }

  async append(elements: Uint8Array): Promise<void> {
    const first = this.#appendedBytes === 0;
    if (!first && this.#file.lastAppender !== this) throw this.#interrupted();
    this.#file.lastAppender = this;
    if (elements.length === 0) return;
    this.#appendedBytes += elements.length;
    await this.#file.queue.add({
      bytes: elements.length,
      prepare: () => elements,
      append: (bytes, tail) => {
        if (first) this.#address = align(tail);
        tail.append(bytes);
      },
    });
  }

  /** Elements that were never written read as the fill value, but not some of them. */
  get complete(): boolean {
    return this.#appendedBytes === 0 || this.#appendedBytes === this.#totalBytes;
  }

  requireComplete(): void {
    if (this.complete) return;
    throw new SluiceError({
      reason: "HDF5_DATASET_INCOMPLETE",
      message: "A dataset in one piece was not filled.",
      field: this.#path,
      got: `${this.#appendedBytes} bytes`,
      allowed: [`${this.#totalBytes} bytes`],
      remedy: "Append all rows, or give the dataset chunks.",
      grpcCode: Code.FAILED_PRECONDITION,
    });
  }

  async finish(): Promise<void> {
    // All elements are in the file.
  }

  async pause(): Promise<void> {
    // All elements are in the file.
  }

  settle(): void {
    // The address was known with the first byte.
  }

  async place(): Promise<void> {
    // Nothing here refers to objects.
  }

  layout(): Uint8Array {
    return contiguousLayout(this.#address, this.#totalBytes);
  }

  #interrupted(): SluiceError {
    return new SluiceError({
      reason: "HDF5_DATASET_INTERRUPTED",
      message: "Elements of another dataset came between those of a dataset in one piece.",
      field: this.#path,
      remedy: "Append its rows one after another, or give the dataset chunks.",
      grpcCode: Code.FAILED_PRECONDITION,
    });
  }
}
