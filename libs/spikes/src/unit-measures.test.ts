import { expect, test } from "@jest/globals";
import { Assembly } from "@sluice/core";
import type { MemoryArray } from "@sluice/core/testing";
import { MeasureColumns, type Spikes, spikesOf, TableValues, unitMeasures } from "./index.ts";
import { smallTable, spikeStream } from "./testing/index.ts";

const perUnit = (name: string, data: MemoryArray["data"], more: Partial<MemoryArray> = {}): MemoryArray => ({
  name,
  dataType: "float64",
  shape: [3],
  data,
  axes: ["unit"],
  ...more,
});

function recording(arrays: readonly MemoryArray[], spikeTrains = {}) {
  const stream = spikeStream([[1], [], [2]], { spikes: spikeTrains, arrays });
  return { stream, spikes: spikesOf(stream.header).spikes as Spikes };
}

test("arrays with a number for each unit, and no others, are measures of the units", () => {
  const numbers = Float64Array.of(1, 2, 3);
  const arrays = [
    perUnit("spikes/cv", numbers),
    perUnit("count", Int32Array.of(1, 2, 3), { dataType: "int32" }),
    perUnit("templates", numbers),
    perUnit("of samples", numbers, { axes: ["sample"] }),
    perUnit("of four", Float64Array.of(1, 2, 3, 4), { shape: [4] }),
    perUnit("complex", new Float64Array(6), { dataType: "complex128" }),
    perUnit("scaled", numbers, { spec: { valueScale: 2 } }),
    perUnit("by two", new Float64Array(6), { shape: [3, 2], axes: ["unit", "query"] }),
  ];
  const { stream, spikes } = recording(arrays, { templatesArray: "templates" });
  expect(unitMeasures(stream.header, spikes).map(({ name }) => name)).toEqual(["spikes/cv", "count"]);
});

test("measures become columns behind those of the table, under names that are free", async () => {
  const { stream, spikes } = recording([
    perUnit("spikes/cv", Float64Array.of(0.5, Number.NaN, 2), {
      spec: { unit: "ms", attributes: { description: "Spread." } },
    }),
    perUnit("other/cv", BigInt64Array.of(1n, 2n, 3n), { dataType: "int64" }),
  ]);
  const measures = new MeasureColumns(unitMeasures(stream.header, spikes));
  for await (const item of new Assembly(stream, (array) => measures.gridOf(array))) {
    if (item.kind === "block") measures.take(item.block);
  }
  const units = smallTable("units", 1, { cv: [7, 8, 9] });
  const table = new TableValues(units.spec);
  for (const batch of units.batches) table.take(batch);
  const columns = measures.addedTo(table, 3)?.columns ?? [];
  expect(columns.map(({ spec, cells }) => [spec.name, spec.dataType, spec.unit, spec.description, cells])).toEqual([
    ["cv", "float64", "", "", [7, 8, 9]],
    ["cv_2", "float64", "ms", "Spread.", [0.5, Number.NaN, 2]],
    ["cv_3", "int64", "", "", [1n, 2n, 3n]],
  ]);
  expect(measures.addedTo(undefined, 3)?.columns.map(({ spec }) => spec.name)).toEqual(["cv", "cv_2"]);
  expect(table.columns).toHaveLength(1);
  expect(new MeasureColumns([]).addedTo(undefined, 3)).toBeUndefined();
});
