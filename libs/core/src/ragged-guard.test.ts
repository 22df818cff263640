import { expect, test } from "@jest/globals";
import { ArraySpec, type RaggedChunk } from "@sluice/proto";
import { RaggedGuard } from "./ragged-guard.ts";
import { problemOf } from "./testing/problem-of.ts";

function guard(): RaggedGuard {
  return new RaggedGuard(
    ArraySpec.fromPartial({ name: "times", dataType: "float64", axes: [{ size: 3 }], ragged: true }),
  );
}

function rows(firstRow: number, rowLengths: number[], elementOffset = 0, bytes?: number): RaggedChunk {
  const length = bytes ?? 8 * rowLengths.reduce((sum, count) => sum + count, 0);
  return { arrayId: 1, firstRow, rowLengths, elementOffset, data: new Uint8Array(length) };
}

test("takes consecutive rows, long ones in several chunks", () => {
  const times = guard();
  for (const chunk of [rows(0, [2, 3]), rows(1, [4], 3), rows(1, [1], 7), rows(1, [2, 5], 8)]) times.admit(chunk);
  times.admit(rows(2, [1], 5));
  expect(times.close({ arrayId: 1, shape: [3] })).toBe(3);
  expect(times.ended).toBe(true);
});

test.each<[string, RaggedChunk[], string]>([
  ["too few bytes", [rows(0, [2], 0, 8)], "CHUNK_SIZE_MISMATCH"],
  ["lengths below 0", [rows(0, [2, -1], 0, 8)], "CHUNK_SIZE_MISMATCH"],
  ["lengths that are no numbers", [rows(0, [Number.NaN], 0, 8)], "CHUNK_SIZE_MISMATCH"],
  ["lengths that are no counts", [rows(0, [0.5, 0.5], 0, 8)], "CHUNK_SIZE_MISMATCH"],
  ["no row", [rows(0, [])], "CHUNK_SIZE_MISMATCH"],
  ["a row left out", [rows(0, [1]), rows(2, [1])], "CHUNK_ORDER"],
  ["a row that comes twice", [rows(0, [1]), rows(0, [1])], "CHUNK_ORDER"],
  ["elements left out", [rows(0, [2]), rows(0, [1], 3)], "CHUNK_ORDER"],
  ["elements that come twice", [rows(0, [2]), rows(0, [1], 1)], "CHUNK_ORDER"],
  ["a row that goes on before it began", [rows(0, [1], 1)], "CHUNK_ORDER"],
  ["a first row that is no number", [rows(Number.NaN, [1])], "CHUNK_ORDER"],
  ["more rows than it has", [rows(0, [1, 1, 1, 1])], "CHUNK_OUT_OF_RANGE"],
])("refuses %s", async (_title, chunks, reason) => {
  const times = guard();
  const problem = await problemOf(() => chunks.forEach((chunk) => times.admit(chunk)));
  expect(problem).toMatchObject({ reason, field: "arrays.times" });
});

test("ends once, with as many rows as came", async () => {
  const times = guard();
  times.admit(rows(0, [1]));
  expect(await problemOf(() => guard().close({ arrayId: 1, shape: [1] }))).toMatchObject({
    reason: "ARRAY_END_MISMATCH",
    got: "[1]",
    allowed: ["[0]"],
  });
  expect(times.close()).toBe(1);
  for (const work of [() => times.close(), () => times.admit(rows(1, [1]))]) {
    expect(await problemOf(work)).toMatchObject({ reason: "ARRAY_ENDED" });
  }
});
