import { type DataType, itemSize } from "@sluice/core";
import type { DatasetWriter, Filters, GroupWriter } from "@sluice/hdf5";

/** Bytes of a chunk, and what is held in memory before the first one. */
const chunkBytes = 2 ** 18;

/**
 * A dataset of numbers whose length is not known: in one piece if it turns out to be short, in chunks otherwise.
 * Memory: one chunk.
 */
export class GrowingDataset {
  readonly #group: GroupWriter;
  readonly #name: string;
  readonly #type: DataType;
  readonly #filters: Filters;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #dataset: DatasetWriter | undefined;
  #length = 0;

  constructor(group: GroupWriter, name: string, type: DataType, filters: Filters) {
    this.#group = group;
    this.#name = name;
    this.#type = type;
    this.#filters = filters;
  }

  /** Elements so far. */
  get length(): number {
    return this.#length;
  }

  /** @param bytes whole elements, little endian; to stay unchanged */
  async append(bytes: Uint8Array): Promise<void> {
    this.#length += bytes.length / itemSize[this.#type];
    if (this.#dataset) return this.#dataset.append(bytes);
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes < chunkBytes) return;
    this.#dataset = this.#group.createDataset(this.#name, {
      type: this.#type,
      shape: [0],
      maxShape: [null],
      chunks: [chunkBytes / itemSize[this.#type]],
      ...this.#filters,
    });
    for (const part of this.#held.splice(0)) await this.#dataset.append(part);
  }

  async end(): Promise<DatasetWriter> {
    if (this.#dataset) return this.#dataset;
    const bytes = new Uint8Array(Buffer.concat(this.#held.splice(0)));
    return this.#group.writeDataset(this.#name, bytes, { type: this.#type });
  }
}
