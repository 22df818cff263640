import { type AssemblyItem, Code, SluiceError } from "@sluice/core";
import type { Filters } from "@sluice/hdf5";
import type { ArraySpec, FieldOrigin, Loss, Problem } from "@sluice/proto";
import { MeasureColumns, type TableValues } from "@sluice/spikes";
import { float, type NwbFile } from "../../model/nwb-file.ts";
import { writeCustomColumns } from "../../tables/custom-columns.ts";
import { DynamicTable } from "../../tables/dynamic-table.ts";
import type { Content, ContentFindings } from "../content.ts";
import type { Electrodes } from "../electrodes/electrodes.ts";
import { RaggedColumn } from "./ragged-column.ts";
import type { SpikeValues } from "./spike-values.ts";
import { UnitElectrodes } from "./unit-electrodes.ts";
import { unitIds } from "./unit-ids.ts";
import type { UnitsPlan } from "./units-plan.ts";
import { Waveforms } from "./waveforms.ts";

/** Columns of NWB's table of units; others are custom. */
const reservedNames: ReadonlySet<string> = new Set([
  "id",
  "spike_times",
  "spike_amplitudes",
  "obs_intervals",
  "electrodes",
  "electrode_group",
  "waveform_mean",
  "waveform_sd",
  "waveforms",
]);

/** The table of units: spikes as they come, all else when they have come. */
export class Units implements Content {
  readonly #plan: UnitsPlan;
  readonly #table: DynamicTable;
  readonly #times: RaggedColumn;
  readonly #amplitudes: RaggedColumn | undefined;
  readonly #waveforms: readonly Waveforms[];
  readonly #values: TableValues | undefined;
  readonly #measures: MeasureColumns;
  readonly #electrodes: UnitElectrodes | undefined;
  readonly #seen: SpikeValues;
  readonly #losses: Loss[] = [];
  readonly #warnings: Problem[] = [];
  readonly #origins: FieldOrigin[] = [];

  /** @param seen what all spikes and rows are known by when the file is completed */
  constructor(
    file: NwbFile,
    plan: UnitsPlan,
    seen: { readonly spikes: SpikeValues; readonly table: TableValues | undefined },
    electrodes: Electrodes | undefined,
    filters: Filters,
  ) {
    this.#plan = plan;
    this.#table = new DynamicTable(file, "units", "Units", "Sorted units.");
    this.#times = new RaggedColumn(this.#table.group, "spike_times", filters);
    this.#amplitudes = plan.amplitudes && new RaggedColumn(this.#table.group, "spike_amplitudes", filters);
    this.#waveforms = plan.waveforms.map((waveforms) => new Waveforms(this.#table.group, waveforms, filters));
    this.#values = seen.table;
    this.#measures = new MeasureColumns(plan.measures);
    this.#electrodes = electrodes && this.#values && new UnitElectrodes(electrodes, this.#values);
    this.#seen = seen.spikes;
  }

  gridOf(array: ArraySpec): readonly number[] | undefined {
    return this.#measures.gridOf(array) ?? this.#waveforms.find(({ plan }) => plan.array === array)?.grid;
  }

  async take(item: AssemblyItem): Promise<void> {
    if (item.kind === "ragged") {
      if (item.array === this.#plan.spikes.times) await this.#times.take(item.array, item.chunk);
      else if (item.array === this.#plan.amplitudes) await this.#amplitudes?.take(item.array, item.chunk);
    } else if (item.kind === "block") {
      this.#measures.take(item.block);
      await this.#waveforms.find(({ plan }) => plan.array === item.block.array)?.take(item.block);
    }
  }

  /** Tells the table of electrodes which ones the units name; before that table is settled. */
  nameElectrodes(): void {
    this.#electrodes?.name();
  }

  async end(): Promise<ContentFindings> {
    const plan = this.#plan;
    const table = this.#table;
    const { rows } = this.#times;
    this.#requireRows();
    const resolution: Record<string, ReturnType<typeof float>> = plan.resolution === undefined
      ? {}
      : { resolution: float(plan.resolution) };
    await this.#times.end(table, {
      description: "Times of the spikes of each unit, in seconds.",
      attributes: resolution,
    });
    await this.#observed(rows);
    await this.#electrodes?.write(table, rows);
    const unit = plan.amplitudes?.unit ?? "";
    const description = unit === "" ? "Amplitude of each spike." : `Amplitude of each spike, in ${unit}.`;
    await this.#amplitudes?.end(table, { description });
    for (const waveforms of this.#waveforms) this.#adoptWaveforms(waveforms);
    await table.end(await this.#custom(rows));
    return {
      losses: [
        ...this.#losses,
        ...this.#seen.fidelity.losses(),
        ...this.#waveforms.flatMap((waveforms) => waveforms.losses()),
      ],
      warnings: [...(this.#electrodes?.warnings ?? []), ...this.#warnings],
      origins: this.#origins,
      exactArrays: this.#exactArrays(),
    };
  }

  /** Start and length as SpikeLab's loader looks for them, in milliseconds. */
  get recording(): { startMs: number; lengthMs: number } {
    return this.#seen.window.asLoaded({ unit: "s" });
  }

  /** All units were observed from the start of the recording to its end, so that silence at the end is kept. */
  async #observed(rows: number): Promise<void> {
    if (this.#plan.spikes.trains.durationSeconds === undefined || rows === 0) return;
    const { startMs, lengthMs } = this.recording;
    const { startTimeSeconds, durationSeconds } = this.#plan.spikes.trains;
    const start = Math.min(startTimeSeconds, startMs / 1e3);
    const end = Math.max(startTimeSeconds + durationSeconds, (startMs + lengthMs) / 1e3);
    const bounds = Float64Array.from({ length: 2 * rows }, (_, index) => (index % 2 === 0 ? start : end));
    const column = await this.#table.column("obs_intervals", bounds, {
      type: "float64",
      shape: [rows, 2],
      description: "When the unit was observed, in seconds.",
    });
    const ends = BigUint64Array.from({ length: rows }, (_, row) => BigInt(row + 1));
    await this.#table.index(column, ends);
  }

  #adoptWaveforms({ plan, dataset, type }: Waveforms): void {
    if (!dataset) return;
    const rate = this.#plan.samplingRateHz;
    const what = plan.column === "waveform_mean" ? "Mean waveform" : "Standard deviation of the waveform";
    this.#table.adopt(plan.column, dataset, {
      type,
      description: `${what} of the unit, in volts.`,
      attributes: { unit: "volts", ...(rate === undefined ? {} : { sampling_rate: float(rate) }) },
    });
  }

  /** Columns of the dataset's table and what was measured of the units; gives the ids of the units. */
  async #custom(rows: number): Promise<readonly number[]> {
    const numbered = Array.from({ length: rows }, (_, row) => row);
    const values = this.#measures.addedTo(this.#values, rows);
    if (!values) return numbered;
    const own = unitIds(values);
    // Other names than NWB's own stay as columns, too: programs look for them.
    const skipped = new Set(own?.column.spec.name === "id" ? ["id"] : []);
    const kept = await writeCustomColumns(this.#table, values, skipped, reservedNames);
    this.#losses.push(...kept.losses);
    this.#warnings.push(...kept.warnings);
    return own?.ids ?? numbered;
  }

  /** Every column has a row for each unit. */
  #requireRows(): void {
    const units = this.#times.rows;
    const counts = [
      ["tables", this.#values?.spec.name, this.#values?.rows] as const,
      ["arrays", this.#plan.amplitudes?.name, this.#amplitudes?.rows] as const,
      ...this.#waveforms.map(({ plan, dataset }) => ["arrays", plan.array.name, dataset?.shape?.[0] ?? 0] as const),
    ];
    for (const [kind, name, rows] of counts) {
      if (rows === undefined || rows === units) continue;
      throw new SluiceError({
        reason: "UNITS_MISMATCH",
        message: "There must be one row for each unit.",
        field: `${kind}.${name}`,
        got: `${rows} rows`,
        allowed: [`${units}, as many as there are rows of spike times`],
        remedy: "Send a row for each unit; units without spikes are rows of no length.",
        grpcCode: Code.DATA_LOSS,
      });
    }
  }

  #exactArrays(): string[] {
    const { times } = this.#plan.spikes;
    const exact = times.dataType === "float64" && this.#seen.fidelity.exact ? [times.name] : [];
    if (this.#plan.amplitudes?.dataType === "float64") exact.push(this.#plan.amplitudes.name);
    const waveforms = this.#waveforms.filter(({ isExact, plan }) => isExact && plan.column === "waveform_mean");
    return [...exact, ...waveforms.map(({ plan }) => plan.array.name)];
  }
}
