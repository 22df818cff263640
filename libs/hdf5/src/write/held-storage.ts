import { type Addresses, putAddresses } from "./addresses.ts";
import { type Appender, align } from "./appender.ts";
import type { OpenFile } from "./open-file.ts";
import { RowBuffer } from "./row-buffer.ts";
import type { Storage } from "./storage.ts";
import { compactLayout, contiguousLayout } from "./storage-messages.ts";
import { type ElementLayout, isPlain } from "./type.ts";

/**
 * Elements that are kept in memory until the file is closed: those of compact datasets, and texts and references in one
 * piece, 16 and 8 bytes each. The texts themselves are not kept.
 */
export class HeldStorage implements Storage {
  readonly storageClass: "compact" | "contiguous";
  readonly filters = [];
  readonly complete = true;
  readonly layoutBytes: number;
  readonly #file: OpenFile;
  readonly #elementLayout: ElementLayout;
  readonly #elements = new RowBuffer();
  readonly #totalBytes: number;
  readonly #fill: Uint8Array | undefined;
  #address: number | undefined;

  constructor(
    file: OpenFile,
    storageClass: "compact" | "contiguous",
    elementLayout: ElementLayout,
    totalBytes: number,
    fill: Uint8Array | undefined,
  ) {
    this.#file = file;
    this.storageClass = storageClass;
    this.#elementLayout = elementLayout;
    this.#totalBytes = totalBytes;
    this.#fill = fill;
    const compactBytes = compactLayout(new Uint8Array(0)).length + totalBytes;
    this.layoutBytes = storageClass === "compact" ? compactBytes : contiguousLayout(0, 0).length;
  }

  async append(elements: Uint8Array): Promise<void> {
    this.#file.lastAppender = this;
    this.#elements.add(elements);
    await this.#file.placeManyTexts();
  }

  requireComplete(): void {
    // What was not written is the fill value.
  }

  async finish(): Promise<void> {
    // All elements are kept.
  }

  async pause(): Promise<void> {
    // All elements are kept.
  }

  settle(): void {
    // There is no index.
  }

  async place(file: Appender, addresses: Addresses): Promise<void> {
    if (this.storageClass === "compact" || this.#elements.length === 0) return;
    align(file);
    this.#address = file.append(this.#complete(addresses));
  }

  layout(addresses: Addresses): Uint8Array {
    if (this.storageClass === "compact") return compactLayout(this.#complete(addresses));
    return contiguousLayout(this.#address, this.#totalBytes);
  }

  /** All elements; those that were never written are the fill value. */
  #complete(addresses: Addresses): Uint8Array {
    const elements = new Uint8Array(this.#totalBytes);
    if (this.#fill) for (let at = 0; at < elements.length; at += this.#fill.length) elements.set(this.#fill, at);
    elements.set(this.#elements.bytes);
    if (!isPlain(this.#elementLayout)) putAddresses(elements, this.#elementLayout, addresses);
    return elements;
  }
}
