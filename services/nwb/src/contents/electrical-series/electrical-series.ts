import { type AssemblyItem, Code, type DataType, SluiceError, warning } from "@sluice/core";
import type { DatasetWriter, Filters } from "@sluice/hdf5";
import type { ArraySpec, Problem } from "@sluice/proto";
import { float, integer, type NwbFile } from "../../model/nwb-file.ts";
import type { Session } from "../../session/session.ts";
import type { Content, ContentFindings } from "../content.ts";
import type { Electrodes } from "../electrodes/electrodes.ts";
import { SampleTimes } from "./sample-times.ts";
import type { SeriesPlan } from "./series-plan.ts";

/** Raw traces, as they come: a chunk of the file is a cell of the grid. Memory: the chunks of one row. */
export class ElectricalSeries implements Content {
  readonly #file: NwbFile;
  readonly #plan: SeriesPlan;
  readonly #electrodes: Electrodes;
  readonly #path: string;
  readonly #data: DatasetWriter;
  readonly #times: SampleTimes | undefined;

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
    if ("array" in plan.clock) this.#times = new SampleTimes(group, plan.clock, filters);
    // Channels are electrodes, in a dataset without a table of them.
    for (let channel = 0; channel < channels; channel++) electrodes.name(channel);
  }

  gridOf(array: ArraySpec): readonly number[] | undefined {
    if (array === this.#plan.array) return this.#plan.chunk;
    return array === this.#times?.array ? this.#times.grid : undefined;
  }

  async take(item: AssemblyItem): Promise<void> {
    if (item.kind !== "block") return;
    const { offset, shape, data, array } = item.block;
    if (array === this.#plan.array) await this.#data.writeChunk({ offset, shape }, data);
    else if (array === this.#times?.array) await this.#times.take(item.block);
  }

  async end(): Promise<ContentFindings> {
    const { array, channelConversion } = this.#plan;
    const samples = this.#data.shape?.[0] ?? 0;
    await this.#endTimes(samples);
    if (channelConversion) {
      const attributes = { axis: integer(1) };
      await this.#file.dataset(`${this.#path}/channel_conversion`, channelConversion, { type: "float64", attributes });
    }
    await this.#electrodes.region(`${this.#path}/electrodes`, this.#rows(), "Electrodes of the channels.");
    return {
      losses: this.#times?.losses() ?? [],
      warnings: [...(samples === 0 ? [empty(array.name)] : []), ...(this.#times?.warnings() ?? [])],
      origins: [],
      exactArrays: this.#times?.isExact ? [array.name, this.#times.array.name] : [array.name],
    };
  }

  async #endTimes(samples: number): Promise<void> {
    const { clock } = this.#plan;
    if (this.#times) {
      const attributes = { interval: integer(1), unit: "seconds" };
      this.#file.describeDataset(await this.#times.end(samples), "float64", undefined, attributes);
    } else if ("rateHz" in clock) {
      await this.#file.dataset(`${this.#path}/starting_time`, clock.startSeconds, {
        type: "float64",
        attributes: { rate: float(clock.rateHz), unit: "seconds" },
      });
    }
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
}

function empty(name: string): Problem {
  return warning({
    reason: "RAW_EMPTY",
    message: "The raw traces hold no sample (check_time_series_data_is_not_empty).",
    field: `arrays.${name}`,
    remedy: "Set rawTraces to false.",
  });
}
