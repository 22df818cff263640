import { asBytes } from "@sluice/core";
import type { DatasetWriter, GroupWriter } from "@sluice/hdf5";
import type { SpikeRun } from "@sluice/spikes";
import type { SpikePlan } from "./plan.ts";
import type { StyleWriter } from "./style-writer.ts";

/** Counts in a chunk: 256 KiB. A row of more is cut. */
const countsPerChunk = 2 ** 16;

/**
 * Counts of spikes [unit, bin]. Bins are open on the left and closed on the right (`SpikeData.sparse_raster`); a spike
 * at the very start is in bin 0. The counts are int32: half of the bytes of SpikeLab's int64, and its loader, which turns
 * them into times, makes no difference. Memory: the rows of a chunk, or one row of at most 32 MiB.
 */
export class RasterStyle implements StyleWriter {
  readonly #dataset: DatasetWriter;
  readonly #binMs: number;
  readonly #bins: number;
  readonly #startMs: number;
  readonly #rowsPerChunk: number;
  /** Rows that fill a chunk together; those of the units so far. */
  #open: Int32Array[] = [];

  constructor(root: GroupWriter, { names, raster, trains, storage }: SpikePlan) {
    this.#binMs = raster?.binMs ?? 1;
    this.#bins = raster?.bins ?? 0;
    this.#startMs = trains.startTimeSeconds * 1e3;
    const chunk = rasterChunk(this.#bins);
    this.#rowsPerChunk = chunk[0];
    this.#dataset = root.createDataset(names.rasterDataset, {
      type: "int32",
      shape: [0, this.#bins],
      maxShape: [null, this.#bins],
      chunks: chunk,
      ...storage.filters,
    });
    this.#dataset.attributes.set("bin_size_ms", this.#binMs, "float64");
    this.#dataset.attributes.set("time_origin_ms", this.#startMs, "float64");
  }

  async add(runs: readonly SpikeRun[]): Promise<void> {
    for (const { begins, seconds } of runs) {
      if (begins) await this.#beginUnit();
      this.#count(seconds, this.#open.at(-1) as Int32Array);
    }
  }

  async end(): Promise<void> {
    await this.#writeOpen();
  }

  /** Rows stand end to end in the memory of their chunk. */
  async #beginUnit(): Promise<void> {
    if (this.#open.length === this.#rowsPerChunk) await this.#writeOpen();
    const [first] = this.#open;
    const memory = first?.buffer ?? new ArrayBuffer(4 * this.#rowsPerChunk * this.#bins);
    this.#open.push(new Int32Array(memory, 4 * this.#open.length * this.#bins, this.#bins));
  }

  #count(seconds: Float64Array, row: Int32Array): void {
    if (row.length === 0) return;
    const [startMs, binMs, last] = [this.#startMs, this.#binMs, row.length - 1];
    for (let index = 0; index < seconds.length; index++) {
      const bin = Math.ceil(((seconds[index] as number) * 1e3 - startMs) / binMs) - 1;
      const at = Math.min(Math.max(bin, 0), last);
      row[at] = (row[at] as number) + 1;
    }
  }

  async #writeOpen(): Promise<void> {
    const rows = this.#open.length;
    const [first] = this.#open;
    this.#open = [];
    if (first) await this.#dataset.append(asBytes(new Int32Array(first.buffer, 0, rows * this.#bins)), rows);
  }
}

/** Rows and bins of a chunk. Few rows where there are few bins, too: a chunk is padded where fewer units come. */
export function rasterChunk(bins: number): readonly [rows: number, bins: number] {
  const columns = Math.min(Math.max(1, bins), countsPerChunk);
  return [Math.min(64, Math.floor(countsPerChunk / columns)), columns];
}
