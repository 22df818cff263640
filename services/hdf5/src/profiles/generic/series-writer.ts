import { type DataType, itemSize } from "@sluice/core";
import type { DatasetWriter, GroupWriter, StorageOptions } from "@sluice/hdf5";
import { seriesChunk } from "./chunk-shape.ts";

/**
 * A dataset of one axis whose length is not known: in one piece if it turns out to be short, in chunks otherwise.
 * Memory: one chunk, 64 KiB.
 */
export class SeriesWriter {
  readonly #group: GroupWriter;
  readonly #name: string;
  readonly #type: DataType;
  readonly #filters: StorageOptions;
  readonly #chunk: number;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #dataset: DatasetWriter | undefined;

  /** @param holds false: the dataset is there from the start, for checkpoints */
  constructor(group: GroupWriter, name: string, type: DataType, filters: StorageOptions, holds = true) {
    this.#group = group;
    this.#name = name;
    this.#type = type;
    this.#filters = filters;
    this.#chunk = seriesChunk(itemSize[type]);
    if (!holds) this.#dataset = this.#create();
  }

  /** @param bytes whole elements, little endian; to stay unchanged */
  async append(bytes: Uint8Array): Promise<void> {
    if (!this.#dataset && this.#heldBytes + bytes.length < this.#chunk * itemSize[this.#type]) {
      this.#held.push(bytes.slice());
      this.#heldBytes += bytes.length;
      return;
    }
    this.#dataset ??= this.#create();
    if (this.#held.length > 0) await this.#dataset.append(this.#takeHeld());
    await this.#dataset.append(bytes);
  }

  async end(): Promise<DatasetWriter> {
    return this.#dataset ?? this.#group.writeDataset(this.#name, this.#takeHeld(), { type: this.#type });
  }

  #create(): DatasetWriter {
    return this.#group.createDataset(this.#name, {
      type: this.#type,
      shape: [0],
      maxShape: [null],
      chunks: [this.#chunk],
      ...this.#filters,
    });
  }

  #takeHeld(): Uint8Array {
    const bytes = new Uint8Array(Buffer.concat(this.#held));
    this.#held = [];
    return bytes;
  }
}
