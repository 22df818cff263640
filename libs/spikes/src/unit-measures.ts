import { type Block, type DatasetHeader, isDataType } from "@sluice/core";
import { type ArraySpec, ColumnSpec, TableSpec } from "@sluice/proto";
import type { Spikes } from "./spikes.ts";
import { type Column, numberCells, TableValues } from "./table-values.ts";

/**
 * Arrays that say one number of each unit, as the steps of the family spikes make them ("spikes/cv"): formats that keep a
 * table of units have them as columns of it.
 */
export function unitMeasures({ dataset, arrays }: DatasetHeader, { times, unitCount }: Spikes): ArraySpec[] {
  const [unit] = times.axes;
  if (unitCount === undefined || !unit) return [];
  const coordinates = new Set(arrays.flatMap(({ axes }) => axes.map(({ coordinatesArray }) => coordinatesArray)));
  const others = new Set(dataset.spikeTrains.flatMap((trains) => [trains.amplitudesArray, trains.templatesArray]));
  return arrays.filter(
    ({ name, ragged, axes, dataType, valueScale, valueOffset }) =>
      !ragged &&
      axes.length === 1 &&
      axes[0]?.name === unit.name &&
      axes[0].size === unitCount &&
      isDataType(dataType) &&
      !dataType.startsWith("complex") &&
      (valueScale ?? 1) === 1 &&
      (valueOffset ?? 0) === 0 &&
      !coordinates.has(name) &&
      !others.has(name),
  );
}

/** The values of {@link unitMeasures}. Memory: 16 bytes a unit for each. */
export class MeasureColumns {
  readonly #columns = new Map<ArraySpec, Column>();
  readonly #arrays: readonly ArraySpec[];

  constructor(arrays: readonly ArraySpec[]) {
    this.#arrays = arrays;
  }

  /** The whole of an array that is such a measure. */
  gridOf(array: ArraySpec): readonly number[] | undefined {
    return this.#arrays.includes(array) ? [Math.max(1, array.axes[0]?.size ?? 1)] : undefined;
  }

  /** Takes what is its own, and leaves the rest. */
  take({ array, data }: Block): void {
    if (!this.#arrays.includes(array) || !isDataType(array.dataType)) return;
    const { dataType, unit, attributes } = array;
    const text = attributes?.["description"];
    const description = typeof text === "string" ? text : "";
    const name = array.name.slice(array.name.lastIndexOf("/") + 1);
    this.#columns.set(array, {
      spec: ColumnSpec.fromPartial({ name, dataType, unit, description }),
      cells: numberCells(dataType, data),
    });
  }

  /** The table of units with a column for each measure; a table of them alone where there is none. */
  addedTo(table: TableValues | undefined, units: number): TableValues | undefined {
    if (this.#columns.size === 0) return table;
    return (table ?? new TableValues(TableSpec.fromPartial({ name: "units" }))).withColumns(
      [...this.#columns.values()],
      units,
    );
  }
}
