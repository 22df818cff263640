import type { DatasetWriter, GroupWriter } from "@sluice/hdf5";
import type { SpikeRun } from "@sluice/spikes";
import type { SpikePlan } from "./plan.ts";
import type { StyleWriter } from "./style-writer.ts";

/**
 * Counts of spikes [unit, bin]. Bins are open on the left and closed on the right (`SpikeData.sparse_raster`); a spike
 * at the very start is in bin 0. Memory: one row of at most 64 MiB, and the rows of a chunk.
 */
export class RasterStyle implements StyleWriter {
  readonly #dataset: DatasetWriter;
  readonly #binMs: number;
  readonly #bins: number;
  readonly #startMs: number;
  /** Counts as pairs of words: int64 in the file. */
  #row: Uint32Array | undefined;

  constructor(root: GroupWriter, { names, raster, trains, storage }: SpikePlan) {
    this.#binMs = raster?.binMs ?? 1;
    this.#bins = raster?.bins ?? 0;
    this.#startMs = trains.startTimeSeconds * 1e3;
    this.#dataset = root.createDataset(names.rasterDataset, {
      type: "int64",
      shape: [0, this.#bins],
      maxShape: [null, this.#bins],
      chunks: [rowsPerChunk(this.#bins), Math.min(Math.max(1, this.#bins), 2 ** 17)],
      ...storage.filters,
    });
    this.#dataset.attributes.set("bin_size_ms", this.#binMs, "float64");
    this.#dataset.attributes.set("time_origin_ms", this.#startMs, "float64");
  }

  async add(runs: readonly SpikeRun[]): Promise<void> {
    for (const { begins, seconds } of runs) {
      if (begins) {
        await this.#writeRow();
        this.#row = new Uint32Array(2 * this.#bins);
      }
      this.#count(seconds, this.#row as Uint32Array);
    }
  }

  async end(): Promise<void> {
    await this.#writeRow();
  }

  #count(seconds: Float64Array, row: Uint32Array): void {
    if (row.length === 0) return;
    const [startMs, binMs, last] = [this.#startMs, this.#binMs, this.#bins - 1];
    for (let index = 0; index < seconds.length; index++) {
      const bin = Math.ceil(((seconds[index] as number) * 1e3 - startMs) / binMs) - 1;
      const at = 2 * Math.min(Math.max(bin, 0), last);
      row[at] = (row[at] as number) + 1;
    }
  }

  async #writeRow(): Promise<void> {
    if (this.#row) await this.#dataset.append(new Uint8Array(this.#row.buffer), 1);
    this.#row = undefined;
  }
}

/** Rows of a chunk of up to 256 KiB: it is padded where fewer units come. */
function rowsPerChunk(bins: number): number {
  return Math.max(1, Math.min(64, Math.floor(2 ** 15 / Math.max(1, bins))));
}
