import { type Block, countElements, type DataType } from "@sluice/core";
import type { DatasetWriter, GroupWriter, StorageOptions } from "@sluice/hdf5";
import type { ArraySpec } from "@sluice/proto";
import { chunkShapeOf, isPiece } from "./chunk-shape.ts";

/** An array, the place of its dataset, and what is to be said of it there. */
export interface PlacedArray {
  readonly group: GroupWriter;
  readonly path: string;
  readonly array: ArraySpec;
  readonly describe: (dataset: DatasetWriter) => void;
}

/** One array as a dataset: small ones of known length in one piece when they end, others chunk by chunk. */
export class ArrayWriter {
  /** Cells in which the blocks are to come. */
  readonly grid: readonly number[];
  readonly #place: PlacedArray;
  #piece: Uint8Array = new Uint8Array(0);
  readonly #dataset: DatasetWriter | undefined;

  /** @param chunks chosen shape of the chunks of arrays of as many axes */
  constructor(place: PlacedArray, filters: StorageOptions, chunks: readonly number[] | undefined) {
    this.#place = place;
    const { group, path, array } = place;
    const lengths = array.axes.map(({ size }) => size ?? null);
    const inPiece = isPiece(array) && chunks?.length !== lengths.length;
    this.grid = inPiece ? lengths.map((length) => length || 1) : chunkShapeOf(array, chunks);
    if (inPiece) return;
    this.#dataset = group.createDataset(path, {
      ...this.#kind,
      shape: lengths.with(0, 0) as number[],
      maxShape: lengths,
      chunks: this.grid,
      ...filters,
    });
    place.describe(this.#dataset);
  }

  async write({ offset, shape, data }: Block): Promise<void> {
    if (this.#dataset) await this.#dataset.writeChunk({ offset, shape }, data);
    else this.#piece = data;
  }

  /** @param shape the final one */
  async end(shape: readonly number[]): Promise<void> {
    if (this.#dataset) return;
    const { group, path, describe } = this.#place;
    const data = countElements(shape) === 0 ? new Uint8Array(0) : this.#piece;
    describe(await group.writeDataset(path, data, { ...this.#kind, shape }));
  }

  get #kind(): { type: DataType; fillValue?: Uint8Array } {
    const { dataType, fillValue } = this.#place.array;
    return { type: dataType as DataType, ...(fillValue && { fillValue }) };
  }
}
