import { expect, test } from "@jest/globals";
import { ColumnBuffer, type TableBatch, TableSpec } from "@sluice/proto";
import { asBytes } from "./data-type.ts";
import { TableGuard } from "./table-guard.ts";
import { problemOf } from "./testing/problem-of.ts";

const units = TableSpec.fromPartial({
  tableId: 1,
  name: "units",
  rows: 3,
  columns: [
    { name: "depth", dataType: "float32", nullable: true },
    { name: "label", dataType: "string" },
  ],
});

const none = new Uint8Array(0);

interface Buffers {
  readonly depth?: Uint8Array;
  readonly depthValidity?: Uint8Array;
  readonly label?: string;
  readonly labelOffsets?: readonly number[];
  readonly labelValidity?: Uint8Array;
}

function batch(firstRow: number, rows: number, buffers: Buffers = {}): TableBatch {
  const labelOffsets = buffers.labelOffsets ?? Array.from({ length: Math.floor(rows) + 1 }, () => 0);
  const offsets = asBytes(Int32Array.from(labelOffsets));
  const depth = {
    data: buffers.depth ?? new Uint8Array(4 * rows),
    offsets: none,
    validity: buffers.depthValidity ?? none,
  };
  const label = { data: Buffer.from(buffers.label ?? ""), offsets, validity: buffers.labelValidity ?? none };
  return { tableId: 1, firstRow, rows, columns: [depth, label] };
}

test("takes consecutive batches, with nulls, text and no rows", () => {
  const guard = new TableGuard(units);
  guard.admit(batch(0, 2, { labelOffsets: [0, 0, 3], label: "abc", depthValidity: Uint8Array.of(2) }));
  guard.admit(batch(2, 0));
  guard.admit(batch(2, 1));
  expect(guard.rows).toBe(3);
});

test("takes offsets at any address", () => {
  const shifted = new Uint8Array(13).subarray(1);
  const guard = new TableGuard(units);
  const { columns, ...rest } = batch(0, 2);
  guard.admit({ ...rest, columns: [columns[0] as ColumnBuffer, ColumnBuffer.fromPartial({ offsets: shifted })] });
  expect(guard.rows).toBe(2);
});

test.each<[string, TableBatch, string]>([
  ["rows left out", batch(1, 1), ""],
  ["more rows than it has", batch(0, 4), ""],
  ["half a row", batch(0, 0.5), ""],
  ["too few columns", { ...batch(0, 1), columns: [] }, ""],
  ["too few numbers", batch(0, 2, { depth: new Uint8Array(7) }), ".depth"],
  ["a long validity bitmap", batch(0, 2, { depthValidity: new Uint8Array(2) }), ".depth"],
  ["nulls where none may be", batch(0, 2, { labelValidity: new Uint8Array(1) }), ".label"],
  ["too few offsets", batch(0, 2, { labelOffsets: [0, 0] }), ".label"],
  ["offsets that go back", batch(0, 3, { labelOffsets: [0, 2, 1, 2], label: "ab" }), ".label"],
  ["offsets that begin late", batch(0, 2, { labelOffsets: [1, 1, 2], label: "ab" }), ".label"],
  ["negative offsets", batch(0, 2, { labelOffsets: [-1, 0, 2], label: "ab" }), ".label"],
  ["offsets beyond the text", batch(0, 2, { labelOffsets: [0, 1, 3], label: "ab" }), ".label"],
])("refuses %s", async (_title, wrong, column) => {
  const problem = await problemOf(() => new TableGuard(units).admit(wrong));
  expect(problem).toMatchObject({ reason: "TABLE_BATCH_INVALID", field: `tables.units${column}` });
});
