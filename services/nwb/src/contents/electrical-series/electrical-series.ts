import {
  type AssemblyItem,
  asBytes,
  asElements,
  type Block,
  Code,
  type DataType,
  SluiceError,
  warning,
} from "@sluice/core";
import type { DatasetWriter } from "@sluice/hdf5";
import { type ArraySpec, type Loss, LossKind, type Problem } from "@sluice/proto";
import { float, integer, type NwbFile } from "../../model/nwb-file.ts";
import type { Session } from "../../session/session.ts";
import type { Filters } from "../../storage.ts";
import { GrowingDataset } from "../../tables/growing-dataset.ts";
import type { Content, ContentFindings } from "../content.ts";
import type { Electrodes } from "../electrodes/electrodes.ts";
import type { SeriesPlan } from "./series-plan.ts";

/** Times that come at once. */
const timesPerBlock = 2 ** 17;

/** Raw traces, as they come: a chunk of the file is a cell of the grid. Memory: the chunks of one row. */
export class ElectricalSeries implements Content {
  readonly #file: NwbFile;
  readonly #plan: SeriesPlan;
  readonly #electrodes: Electrodes;
  readonly #path: string;
  readonly #data: DatasetWriter;
  readonly #timestamps: GrowingDataset | undefined;
  readonly #warnings: Problem[] = [];
  #lastTime = Number.NEGATIVE_INFINITY;
  #unordered = 0;

  constructor(file: NwbFile, plan: SeriesPlan, session: Session, electrodes: Electrodes, filters: Filters) {
    this.#file = file;
    this.#plan = plan;
    this.#electrodes = electrodes;
    const { name = "ElectricalSeries", ...texts } = Object.fromEntries(session.series);
    this.#path = `acquisition/${name}`;
    const description = texts["description"] ?? "Raw traces of the recording.";
    const group = file.group(this.#path, "ElectricalSeries", { ...texts, description });
    const { array, channels, chunk } = plan;
    this.#data = group.createDataset("data", {
      type: array.dataType as DataType,
      shape: [0, channels],
      maxShape: [null, channels],
      chunks: chunk,
      ...filters,
    });
    file.describeDataset(this.#data, array.dataType as DataType, undefined, {
      unit: "volts",
      conversion: float(plan.conversion),
      offset: float(plan.offset),
      resolution: float(-1),
    });
    if ("array" in plan.clock) this.#timestamps = new GrowingDataset(group, "timestamps", "float64", filters);
    // Channels are electrodes, in a dataset without a table of them.
    for (let channel = 0; channel < channels; channel++) electrodes.name(channel);
  }

  gridOf(array: ArraySpec): readonly number[] | undefined {
    const { clock, chunk } = this.#plan;
    if (array === this.#plan.array) return chunk;
    return "array" in clock && array === clock.array ? [timesPerBlock] : undefined;
  }

  async take(item: AssemblyItem): Promise<void> {
    if (item.kind !== "block") return;
    const { offset, shape, data, array } = item.block;
    if (array === this.#plan.array) await this.#data.writeChunk({ offset, shape }, data);
    else await this.#takeTimes(item.block);
  }

  async end(): Promise<ContentFindings> {
    const { array, clock, channelConversion } = this.#plan;
    const file = this.#file;
    const path = this.#path;
    if ("array" in clock) await this.#endTimes();
    else {
      await file.dataset(`${path}/starting_time`, clock.startSeconds, {
        type: "float64",
        attributes: { rate: float(clock.rateHz), unit: "seconds" },
      });
    }
    if (channelConversion) {
      const attributes = { axis: integer(1) };
      await file.dataset(`${path}/channel_conversion`, channelConversion, { type: "float64", attributes });
    }
    await this.#electrodes.region(`${path}/electrodes`, this.#rows(), "Electrodes of the channels.");
    const samples = this.#data.shape?.[0] ?? 0;
    if (samples === 0) this.#warnings.push(empty(array.name));
    const exactArrays = "array" in clock && this.#timesAreExact(clock) ? [array.name, clock.array.name] : [array.name];
    return { losses: this.#losses(), warnings: this.#warnings, origins: [], exactArrays };
  }

  async #takeTimes({ array, data }: Block): Promise<void> {
    const { clock } = this.#plan;
    if (!("array" in clock) || array !== clock.array) return;
    const values = asElements(array.dataType as "float64", data);
    const times = this.#timesAreExact(clock) ? values : Float64Array.from(values, (value) => value * clock.toSeconds);
    for (const time of times) {
      if (!(time > this.#lastTime)) this.#unordered++;
      this.#lastTime = time;
    }
    await this.#timestamps?.append(this.#timesAreExact(clock) ? data : asBytes(times));
  }

  async #endTimes(): Promise<void> {
    const samples = this.#data.shape?.[0] ?? 0;
    const times = this.#timestamps as GrowingDataset;
    if (times.length !== samples) throw timesMismatch(this.#plan.array.name, times.length, samples);
    if (this.#unordered > 0) this.#warnings.push(unordered(this.#plan.array.name, this.#unordered));
    const attributes = { interval: integer(1), unit: "seconds" };
    this.#file.describeDataset(await times.end(), "float64", undefined, attributes);
  }

  #timesAreExact({ array, toSeconds }: { readonly array: ArraySpec; readonly toSeconds: number }): boolean {
    return toSeconds === 1 && array.dataType === "float64";
  }

  /** Electrodes of the channels: all in order, or those that the labels of the channels name. */
  #rows(): number[] {
    const { array, channels } = this.#plan;
    const labels = array.axes[1]?.labels ?? [];
    const labelled = labels.length === channels && channels > 0 ? this.#electrodes.rowsLabelled(labels) : undefined;
    if (labelled) return labelled;
    const rows = Array.from({ length: channels }, (_, channel) => this.#electrodes.rowOf(channel));
    if (this.#electrodes.count === channels) return rows.map((_, channel) => channel);
    if (rows.every((row) => row !== undefined)) return rows;
    throw new SluiceError({
      reason: "ELECTRODES_MISMATCH",
      message: "It is not known which electrodes the channels of the raw traces are.",
      field: `arrays.${array.name}.axes[1]`,
      got: `${channels} channels, ${this.#electrodes.count} electrodes`,
      allowed: ["as many electrodes as channels", "labels of the channels that a column of the electrodes has"],
      remedy: "Label the channels with the ids or names of their electrodes.",
      grpcCode: Code.FAILED_PRECONDITION,
    });
  }

  #losses(): Loss[] {
    const { clock } = this.#plan;
    if (!("array" in clock) || this.#timesAreExact(clock)) return [];
    const message = `Times are written in seconds, float64: times ${clock.toSeconds}.`;
    const field = `arrays.${clock.array.name}`;
    return [{ kind: LossKind.LOSS_KIND_SCALED, field, message, count: undefined, maxError: undefined }];
  }
}

function timesMismatch(name: string, times: number, samples: number): SluiceError {
  return new SluiceError({
    reason: "RAW_TIMES_MISMATCH",
    message: "There must be one time for each sample (check_timestamps_match_first_dimension).",
    field: `arrays.${name}`,
    got: `${times} times for ${samples} samples`,
    remedy: "Send as many times as samples.",
    grpcCode: Code.DATA_LOSS,
  });
}

function unordered(name: string, count: number): Problem {
  return warning({
    reason: "RAW_TIMES_UNORDERED",
    message: "Times of samples do not ascend, or are no numbers (check_timestamps_ascending).",
    field: `arrays.${name}.axes[0]`,
    got: `${count} times`,
    remedy: "Correct the times.",
  });
}

function empty(name: string): Problem {
  return warning({
    reason: "RAW_EMPTY",
    message: "The raw traces hold no sample (check_time_series_data_is_not_empty).",
    field: `arrays.${name}`,
    remedy: "Set rawTraces to false.",
  });
}
