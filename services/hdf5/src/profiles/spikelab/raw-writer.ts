import { asElements, type Block, Code, type DataType, itemSize, SluiceError } from "@sluice/core";
import type { DatasetWriter, GroupWriter } from "@sluice/hdf5";
import { ArraySpec } from "@sluice/proto";
import { rowsPerBlock, transposed } from "@sluice/spikes";
import { ReadableAttributes } from "../generic/attributes.ts";
import { specAttribute } from "../generic/layout.ts";
import type { SpikePlan } from "./plan.ts";
import type { RawPlan } from "./raw-plan.ts";
import { TimeList } from "./time-list.ts";

/** Raw traces as SpikeLab has them, [channel, sample], with the times of the samples. Memory: one block of 1 MiB. */
export class RawWriter {
  readonly #plan: RawPlan;
  readonly #dataset: DatasetWriter;
  readonly #times: TimeList;
  #samples = 0;

  constructor(root: GroupWriter, plan: RawPlan, { names, storage }: SpikePlan) {
    this.#plan = plan;
    const { array, channels, samples } = plan;
    this.#dataset = root.createDataset(names.rawDataset, {
      type: array.dataType as DataType,
      shape: [channels, samples],
      chunks: [channels, Math.min(rowsPerBlock(array), samples)],
      ...storage.filters,
    });
    this.#times = new TimeList(root, names.rawTimeDataset, plan.scale, storage);
    this.#describe();
  }

  /** Takes samples of all channels. */
  async add({ offset, shape, data }: Block): Promise<void> {
    const { array, channels, clock } = this.#plan;
    const [first, count] = [offset[0] as number, shape[0] as number];
    this.#samples += count;
    const whole = Math.min(rowsPerBlock(array), this.#plan.samples - first);
    // A shorter block is the last one of traces that ended early: no chunk, and `end` throws.
    if (count < whole) return;
    const bytes = transposed(data, count, channels, itemSize[array.dataType as DataType]);
    await this.#dataset.writeChunk({ offset: [0, first], shape: [channels, count] }, bytes);
    if ("array" in clock) return;
    const { startSeconds, stepSeconds } = clock;
    await this.#times.append(Float64Array.from({ length: count }, (_, n) => startSeconds + (first + n) * stepSeconds));
  }

  /** Takes times of samples, where the dataset has them as an array. */
  async addTimes({ array, data }: Block): Promise<void> {
    const { clock } = this.#plan;
    if (!("array" in clock)) return;
    const values = asElements(array.dataType as "float64", data);
    await this.#times.append(Float64Array.from(values, (value) => value * clock.toSeconds));
  }

  /** @throws SluiceError RAW_ENDED_EARLY when samples or times never came */
  async end(): Promise<void> {
    const { array, samples } = this.#plan;
    if (this.#samples < samples || this.#times.length < samples) {
      throw new SluiceError({
        reason: "RAW_ENDED_EARLY",
        message: "Fewer samples or times came than the traces were to have.",
        field: `arrays.${array.name}`,
        got: `${this.#samples} samples`,
        allowed: [`${samples}, and as many times`],
        remedy: "Send all samples with their times, or set rawTraces to false.",
        grpcCode: Code.DATA_LOSS,
      });
    }
    await this.#times.end();
  }

  #describe(): void {
    const { attributes } = this.#dataset;
    const { unit, valueScale, valueOffset, axes } = this.#plan.array;
    attributes.set(specAttribute, JSON.stringify(ArraySpec.toJSON(this.#plan.array)));
    const readable = new ReadableAttributes(attributes);
    readable.text("unit", unit);
    readable.number("value_scale", valueScale);
    readable.number("value_offset", valueOffset);
    readable.texts("channel_labels", axes[1]?.labels ?? []);
  }
}
