import type { DatasetWriter, GroupWriter } from "@sluice/hdf5";
import { storedTimes, storedType, type TimeScale } from "@sluice/spikes";
import { SeriesWriter } from "../generic/series-writer.ts";
import type { Storage } from "../generic/storage.ts";

/** A dataset of times that says its unit. */
export class TimeList {
  readonly #series: SeriesWriter;
  readonly #scale: TimeScale;
  #length = 0;

  constructor(group: GroupWriter, path: string, scale: TimeScale, { filters, holds }: Storage) {
    this.#series = new SeriesWriter(group, path, storedType(scale), filters, holds);
    this.#scale = scale;
  }

  /** Times so far. */
  get length(): number {
    return this.#length;
  }

  /** Appends times, which do not change afterwards. */
  async append(seconds: Float64Array): Promise<void> {
    this.#length += seconds.length;
    await this.#series.append(storedTimes(seconds, this.#scale).bytes);
  }

  async end(): Promise<DatasetWriter> {
    const dataset = await this.#series.end();
    const { attributes } = dataset;
    attributes.set("unit", this.#scale.unit);
    if (this.#scale.unit === "samples") attributes.set("sampling_rate_hz", this.#scale.samplingRateHz, "float64");
    return dataset;
  }
}
