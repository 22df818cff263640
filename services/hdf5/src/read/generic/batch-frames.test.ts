import { expect, test } from "@jest/globals";
import { asBytes, type Box } from "@sluice/core";
import { collect } from "@sluice/core/testing";
import { type ColumnBuffer, DatasetSpec, TableSpec } from "@sluice/proto";
import { gather } from "../../testing/gather.ts";
import { batchFrames } from "./batch-frames.ts";
import { textColumn } from "./column-values.ts";

const table = TableSpec.fromPartial({
  tableId: 1,
  name: "notes",
  rows: 300,
  columns: [
    { name: "text", dataType: "string" },
    { name: "number", dataType: "int16", nullable: true },
  ],
});
const longTexts = (row: number) => (row % 50 === 7 ? "x".repeat(700_000) : `µ${row}`);

async function read({ offset: [first = 0], shape: [count = 0] }: Box): Promise<ColumnBuffer[]> {
  const rows = Array.from({ length: count }, (_, index) => first + index);
  const validity = new Uint8Array(Math.ceil(count / 8));
  for (const [index, row] of rows.entries()) if (row % 3 !== 0) validity[index >> 3]! |= 1 << (index & 7);
  const number = { validity, offsets: new Uint8Array(0), data: asBytes(Int16Array.from(rows)) };
  return [textColumn(rows.map(longTexts)), number];
}

test("long texts make small batches, every row once, with its null", async () => {
  const frames = await collect(batchFrames(table, read));
  const batches = frames.flatMap(({ content }) => (content?.$case === "batch" ? [content.value] : []));
  expect(batches.every(({ rows, columns }) => rows === 1 || columns[0]!.data.length < 2 ** 20)).toBe(true);
  const header = { dataset: DatasetSpec.fromPartial({}), arrays: [], tables: [table] };
  const { tables } = await gather({ header, frames: batchFrames(table, read) });
  const hex = (row: number) =>
    asBytes(Int16Array.of(row)).reduce((text, byte) => text + byte.toString(16).padStart(2, "0"), "");
  expect(tables["notes"]).toEqual(
    Array.from({ length: 300 }, (_, row) => [longTexts(row), row % 3 === 0 ? null : hex(row)]),
  );
});
