import type { AssemblyItem, DatasetHeader } from "@sluice/core";
import { filtersOf } from "@sluice/hdf5";
import type { ArraySpec, TableSpec } from "@sluice/proto";
import { Devices } from "../general/devices.ts";
import type { NwbFile } from "../model/nwb-file.ts";
import type { NwbOptions } from "../options.ts";
import type { NwbPlan } from "../plan.ts";
import { recordAttribute, recordText } from "../sluice-record.ts";
import type { Content, ContentFindings } from "./content.ts";
import { ElectricalSeries } from "./electrical-series/electrical-series.ts";
import { Electrodes } from "./electrodes/electrodes.ts";
import { Intervals } from "./intervals/intervals.ts";
import type { SeenValues } from "./seen-values.ts";
import { Units } from "./units/units.ts";

/** All contents of a file at work. A new kind of content is one more folder, and one more line here. */
export class Contents {
  readonly #file: NwbFile;
  readonly #header: DatasetHeader;
  readonly #devices: Devices;
  readonly #electrodes: Electrodes | undefined;
  readonly #units: Units | undefined;
  readonly #contents: readonly Content[];

  /** @param seen what all values are known by when the file is completed */
  constructor(file: NwbFile, header: DatasetHeader, plan: NwbPlan, seen: SeenValues, options: NwbOptions) {
    const { session, units, series, electrodes, intervals } = plan;
    const filters = filtersOf(options);
    this.#file = file;
    this.#header = header;
    this.#devices = new Devices(file, session);
    const valuesOf = (table: TableSpec | undefined) => table && seen.of(table);
    this.#electrodes = electrodes && new Electrodes(file, session, this.#devices, valuesOf(electrodes.table));
    const spikes = seen.spikeValues;
    const unitsSeen = units && spikes && { spikes, table: valuesOf(units.spikes.units) };
    this.#units = unitsSeen && new Units(file, units, unitsSeen, this.#electrodes, filters);
    this.#contents = [
      ...(this.#units ? [this.#units] : []),
      ...(series && this.#electrodes ? [new ElectricalSeries(file, series, session, this.#electrodes, filters)] : []),
      ...intervals.map((interval) => new Intervals(file, interval, seen.of(interval.table))),
    ];
  }

  /** The cells in which an array is to come. */
  gridOf(array: ArraySpec): readonly number[] | undefined {
    for (const content of this.#contents) {
      const grid = content.gridOf(array);
      if (grid) return grid;
    }
    return undefined;
  }

  async take(item: AssemblyItem): Promise<void> {
    for (const content of this.#contents) await content.take(item);
  }

  /** Completes the file but for its closing. */
  async end(): Promise<ContentFindings> {
    const electrodes = this.#electrodes;
    this.#units?.nameElectrodes();
    electrodes?.settle();
    const found: ContentFindings[] = [];
    for (const content of this.#contents) found.push(await content.end());
    await electrodes?.end();
    this.#describeForOthers();
    return {
      losses: [...found.flatMap(({ losses }) => losses), ...(electrodes?.losses ?? [])],
      warnings: [...found.flatMap(({ warnings }) => warnings), ...(electrodes?.warnings ?? [])],
      origins: [...found.flatMap(({ origins }) => origins), ...(electrodes?.origins ?? []), ...this.#devices.origins],
      exactArrays: found.flatMap(({ exactArrays }) => exactArrays),
    };
  }

  /** Attributes of the root that NWB's readers do not look at: SpikeLab's start and length, and our own record. */
  #describeForOthers(): void {
    const { attributes } = this.#file.writer.root;
    attributes.set(recordAttribute, recordText(this.#header), "text");
    if (!this.#units) return;
    const { startMs, lengthMs } = this.#units.recording;
    attributes.set("start_time", startMs, "float64");
    attributes.set("length_ms", lengthMs, "float64");
  }
}
