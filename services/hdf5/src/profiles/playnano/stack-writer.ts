import { type Block, Cast, type DataType, FrameDigests } from "@sluice/core";
import type { DatasetWriter, GroupWriter, StorageOptions } from "@sluice/hdf5";
import type { ArrayDigest, ArraySpec, Loss } from "@sluice/proto";
import { chunkShapeOf, indexBytes } from "../generic/chunk-shape.ts";

/** One movie of a bundle: data and layers as float32, masks as booleans. Its dataset grows with it. */
export class StackWriter {
  /** Cells in which the blocks are to come. */
  readonly grid: readonly number[];
  readonly array: ArraySpec;
  readonly #name: string;
  readonly #type: DataType;
  readonly #dataset: DatasetWriter;
  readonly #cast: Cast | undefined;
  readonly #digests: FrameDigests;
  #shape: readonly number[] = [];

  /** @param name of the array as our loader names it */
  constructor(
    root: GroupWriter,
    path: string,
    name: string,
    array: ArraySpec,
    type: "float32" | "bool",
    filters: StorageOptions,
  ) {
    const stored = { ...array, dataType: type };
    const lengths = array.axes.map(({ size }) => size ?? null);
    this.array = array;
    // The same whatever is stored: an array may be the image and a layer.
    this.grid = chunkShapeOf({ ...array, dataType: "float32" });
    this.#name = name;
    this.#type = type;
    const isStored = type === "bool" || array.dataType === type;
    this.#cast = isStored ? undefined : new Cast(array.dataType as DataType, type);
    this.#digests = new FrameDigests(indexBytes(stored));
    this.#dataset = root.createDataset(path, {
      type,
      shape: lengths.with(0, 0) as number[],
      maxShape: lengths,
      chunks: this.grid,
      ...filters,
    });
  }

  /** Final shape; known when the array has ended. */
  get shape(): readonly number[] {
    return this.#shape;
  }

  async write({ offset, shape, data }: Block): Promise<void> {
    const bytes = this.#cast ? this.#cast.apply(data) : data;
    if (this.#cast) this.#digests.update(bytes);
    await this.#dataset.writeChunk({ offset, shape }, bytes);
  }

  end(shape: readonly number[]): void {
    this.#shape = shape;
  }

  losses(): Loss[] {
    return this.#cast?.losses(`arrays.${this.array.name}`) ?? [];
  }

  /** Digest of the values in the file. @param digest of the values that came */
  digest(digest: ArrayDigest): ArrayDigest {
    return this.#cast ? this.#digests.finish(this.#name, this.#type, this.#shape) : { ...digest, array: this.#name };
  }
}
