import { expect, test } from "@jest/globals";
import type { TableBatch } from "@sluice/proto";
import { integersOf, numbersOfCells, TableValues, tableOf, unitColumn } from "./index.ts";

function gathered(...columns: Parameters<typeof tableOf>[3]) {
  const { spec, frame } = tableOf(3, "units", columns[0]?.values.length ?? 0, columns);
  const table = new TableValues(spec);
  table.take((frame.content as { value: TableBatch }).value);
  return table;
}

test("what goes into a table comes out of it", () => {
  const table = gathered(
    { name: "id", dataType: "int64", values: [5, 2n ** 60n, -1] },
    { name: "depth", dataType: "float64", values: [1.5, null, Number.NaN], unit: "um" },
    { name: "good", dataType: "bool", values: [true, null, false] },
    { name: "note", dataType: "string", values: ["ä", "", null] },
  );
  expect(table.rows).toBe(3);
  expect(table.columns.map(({ cells }) => cells)).toEqual([
    [5n, 2n ** 60n, -1n],
    [1.5, null, Number.NaN],
    [true, null, false],
    ["ä", "", null],
  ]);
  expect(table.column("depth")?.spec).toMatchObject({ unit: "um", nullable: true });
});

test("columns by role, and what their cells are", () => {
  const table = gathered(
    { name: "ch", dataType: "int64", values: [1] },
    { name: "channel", dataType: "float64", values: [2] },
    { name: "quality", dataType: "string", values: ["good"] },
  );
  expect(unitColumn(table, "channel")?.cells).toEqual([2]);
  expect(unitColumn(table, "group")?.cells).toEqual(["good"]);
  expect(unitColumn(table, "id")).toBeUndefined();
  expect(unitColumn(undefined, "id")).toBeUndefined();
  expect(integersOf([1, 2n, -3])).toEqual([1, 2, -3]);
  expect(integersOf([1, 2.5])).toBeUndefined();
  expect(integersOf([null])).toBeUndefined();
  expect(numbersOfCells([1, null, 2n])).toEqual([1, Number.NaN, 2]);
  expect(numbersOfCells(["1"])).toBeUndefined();
});
