import { type AssemblyItem, type Block, type DatasetHeader, type DataType, itemSize, runsOf } from "@sluice/core";
import type { ArraySpec, TableSpec } from "@sluice/proto";
import type { Spool } from "@sluice/sink";
import { MeasureColumns, type Spikes, TableValues, unitMeasures } from "@sluice/spikes";
import type { Payload } from "../payload.ts";
import type { PickleFile } from "../pickle-file.ts";
import { op } from "../python/opcodes.ts";
import { fromCell, type PythonValue } from "../python/value.ts";
import { writeValue } from "../python/write-value.ts";
import { RaggedRows } from "../ragged-rows.ts";
import { measureOf } from "./measure.ts";
import { requireEqual } from "./require-equal.ts";

/** What of a dataset says something of each unit. */
export interface AttributesPlan {
  readonly table: TableSpec | undefined;
  /** Arrays with a number for each unit. */
  readonly measures: readonly ArraySpec[];
  /** Arrays with a row for each unit, such as templates, and their names among the attributes. */
  readonly rows: readonly { readonly array: ArraySpec; readonly name: string }[];
}

/** Finds it. Amplitudes are none: they go with spikes, which SpikeLab wants in another order. */
export function attributesOf(header: DatasetHeader, spikes: Spikes): AttributesPlan {
  const { times, unitCount, units } = spikes;
  const recordings = header.dataset.spikeTrains;
  const others = new Set(recordings.flatMap((trains) => [trains.timesArray, trains.rawArray, trains.amplitudesArray]));
  const rows = header.arrays.filter(
    (array) =>
      unitCount !== undefined &&
      array.axes[0]?.name === times.axes[0]?.name &&
      array.axes[0]?.size === unitCount &&
      (array.ragged || array.axes.length > 1) &&
      (array.valueScale ?? 1) === 1 &&
      (array.valueOffset ?? 0) === 0 &&
      !others.has(array.name) &&
      measureOf(array) === undefined,
  );
  const measures = unitMeasures(header, spikes);
  const taken = new Set([...(units?.columns ?? []).map(({ name }) => name), ...measures.map(lastName)]);
  return { table: units, measures, rows: rows.map((array) => ({ array, name: freeName(array, taken, spikes) })) };
}

/** The attributes of the neurons on their way. */
export class UnitAttributes {
  readonly #table: TableValues | undefined;
  readonly #measures: MeasureColumns;
  readonly #rows: readonly { readonly array: ArraySpec; readonly name: string; readonly values: RaggedRows }[];

  constructor({ table, measures, rows }: AttributesPlan, spool: Spool) {
    this.#table = table && new TableValues(table);
    this.#measures = new MeasureColumns(measures);
    this.#rows = rows.map((row) => ({
      ...row,
      values: new RaggedRows(spool, itemSize[row.array.dataType as DataType]),
    }));
  }

  /** The cells in which an array of these is to come. */
  gridOf(array: ArraySpec): readonly number[] | undefined {
    if (this.#rows.some((row) => row.array === array && !array.ragged)) return runsOf(array);
    return this.#measures.gridOf(array);
  }

  /** Takes what is its own, and leaves the rest. */
  async take(item: AssemblyItem): Promise<void> {
    if (item.kind === "batch" && item.table === this.#table?.spec) this.#table.take(item.batch);
    else if (item.kind === "ragged") await this.#valuesOf(item.array)?.take(item.chunk, item.chunk.data);
    else if (item.kind === "block") {
      this.#measures.take(item.block);
      const values = this.#valuesOf(item.block.array);
      if (values) await values.take(rowsOf(item.block), item.block.data);
    }
  }

  /** Writes a dict for each neuron: what has no value is left out. None where nothing is said of any. */
  async write(file: PickleFile, units: number): Promise<void> {
    if (this.#table) requireEqual(this.#table.rows, units, `tables.${this.#table.spec.name}`, "units");
    for (const { array, values } of this.#rows)
      requireEqual(values.lengths.length, units, `arrays.${array.name}`, "units");
    const table = this.#measures.addedTo(this.#table, units);
    const { pickler } = file;
    if (!table && this.#rows.length === 0) return pickler.none();
    const rows = this.#rows.map((row) => ({ ...row, payloads: row.values.payloads() }));
    pickler.code(op.emptyList);
    pickler.memoize();
    for (const unit of pickler.items(units, "appends")) {
      const cells = table ? cellsOf(table, unit) : [];
      pickler.code(op.emptyDict);
      pickler.memoize();
      for (const index of pickler.items(cells.length + rows.length, "setitems")) {
        const [name, value] = cells[index] ?? [];
        if (name !== undefined) {
          pickler.text(name);
          writeValue(pickler, value ?? null);
          continue;
        }
        const row = rows[index - cells.length] as (typeof rows)[number];
        const payload = (await row.payloads.next()).value as Payload;
        pickler.text(row.name);
        await file.array(formOf(row.array, row.values.lengths[unit] as number), payload, `arrays.${row.array.name}`);
      }
      await file.settle();
    }
  }

  #valuesOf(array: ArraySpec): RaggedRows | undefined {
    return this.#rows.find((row) => row.array === array)?.values;
  }
}

function cellsOf(table: TableValues, row: number): [string, PythonValue][] {
  return table.columns
    .filter(({ cells }) => (cells[row] ?? null) !== null)
    .map(({ spec, cells }) => [spec.name, fromCell(cells[row] ?? null, spec)]);
}

/** Whole rows, or a part of one that follows the part before. */
function rowsOf({ array, offset, shape, data }: Block): { rowLengths: number[]; elementOffset: number } {
  const rows = shape[0] as number;
  const elements = data.length / itemSize[array.dataType as DataType] / rows;
  const isStart = offset.slice(1).every((start) => start === 0);
  return { rowLengths: Array.from({ length: rows }, () => elements), elementOffset: isStart ? 0 : 1 };
}

function formOf({ dataType, axes, ragged }: ArraySpec, length: number) {
  const shape = ragged ? [length] : axes.slice(1).map(({ size }) => size as number);
  return { dataType: dataType as DataType, shape };
}

/** SpikeLab's name of templates, else the last part of the array's, under a name that is free. */
function freeName(array: ArraySpec, taken: Set<string>, { templates }: Spikes): string {
  const wanted = array === templates ? "template" : lastName(array);
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`;
  taken.add(name);
  return name;
}

function lastName({ name }: ArraySpec): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
