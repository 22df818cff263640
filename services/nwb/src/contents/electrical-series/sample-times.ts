import { asBytes, asElements, type Block, Code, SluiceError, warning } from "@sluice/core";
import type { DatasetWriter, Filters, GroupWriter } from "@sluice/hdf5";
import { type ArraySpec, type Loss, LossKind, type Problem } from "@sluice/proto";
import { GrowingDataset } from "../../tables/growing-dataset.ts";

/** Times that come at once. */
const timesPerBlock = 2 ** 17;

/** Times of samples that are not said to be even, in seconds. */
export class SampleTimes {
  readonly array: ArraySpec;
  readonly grid = [timesPerBlock];
  readonly #toSeconds: number;
  readonly #dataset: GrowingDataset;
  #count = 0;
  #last = Number.NEGATIVE_INFINITY;
  #unordered = 0;
  /** Nanoseconds between the first two, and how often others are as far apart. */
  #step = 0;
  #even = 0;

  /** @param clock an array of numbers, and the factor that makes seconds of them */
  constructor(group: GroupWriter, clock: { readonly array: ArraySpec; readonly toSeconds: number }, filters: Filters) {
    this.array = clock.array;
    this.#toSeconds = clock.toSeconds;
    this.#dataset = new GrowingDataset(group, "timestamps", "float64", filters);
  }

  /** True when the values stand in the file as they came. */
  get isExact(): boolean {
    return this.#toSeconds === 1 && this.array.dataType === "float64";
  }

  async take({ array, data }: Block): Promise<void> {
    const values = asElements(array.dataType as "float64", data);
    const times = this.isExact ? values : Float64Array.from(values, (value) => value * this.#toSeconds);
    for (const time of times) this.#look(time);
    await this.#dataset.append(this.isExact ? data : asBytes(times));
  }

  /**
   * @param samples as many as there must be times
   * @throws SluiceError RAW_TIMES_MISMATCH
   */
  async end(samples: number): Promise<DatasetWriter> {
    const { length } = this.#dataset;
    if (length === samples) return this.#dataset.end();
    throw new SluiceError({
      reason: "RAW_TIMES_MISMATCH",
      message: "There must be one time for each sample (check_timestamps_match_first_dimension).",
      field: `arrays.${this.array.name}`,
      got: `${length} times for ${samples} samples`,
      remedy: "Send as many times as samples.",
      grpcCode: Code.DATA_LOSS,
    });
  }

  losses(): Loss[] {
    if (this.isExact) return [];
    const message = `Times are written in seconds, float64: times ${this.#toSeconds}.`;
    const field = `arrays.${this.array.name}`;
    return [{ kind: LossKind.LOSS_KIND_SCALED, field, message, count: undefined, maxError: undefined }];
  }

  warnings(): Problem[] {
    const field = `arrays.${this.array.name}`;
    const found: Problem[] = [];
    if (this.#unordered > 0) {
      found.push(
        warning({
          reason: "RAW_TIMES_UNORDERED",
          message: "Times of samples do not ascend, or are no numbers (check_timestamps_ascending).",
          field,
          got: `${this.#unordered} times`,
          remedy: "Correct the times.",
        }),
      );
    }
    if (this.#count > 2 && this.#even === this.#count - 1 && this.#step !== 0) {
      found.push(
        warning({
          reason: "RAW_TIMES_REGULAR",
          message: "Times of samples are even to a nanosecond; a rate would say the same (check_regular_timestamps).",
          field,
          got: `${this.#step} ns apart`,
          remedy: "Give the axis a scale, and no array of coordinates.",
        }),
      );
    }
    return found;
  }

  #look(time: number): void {
    const nanoseconds = Math.round((time - this.#last) * 1e9);
    if (!(time > this.#last)) this.#unordered++;
    if (this.#count === 1) this.#step = nanoseconds;
    if (this.#count > 0 && nanoseconds === this.#step) this.#even++;
    this.#last = time;
    this.#count++;
  }
}
