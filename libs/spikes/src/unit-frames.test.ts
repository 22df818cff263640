import { expect, test } from "@jest/globals";
import { asElements } from "@sluice/core";
import { ArraySpec, Axis, type Frame, type RaggedChunk } from "@sluice/proto";
import fc from "fast-check";
import { ascending, raggedFrames, spikeRuns } from "./index.ts";

test("rows of any length come back from their frames, unit by unit", async () => {
  const times = ArraySpec.fromPartial({ dataType: "float64", ragged: true, axes: [Axis.fromPartial({})] });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(0, 0, 1, 3, 200_000), { maxLength: 6 }), async (lengths) => {
      const rows = lengths.map((length, row) => new Float64Array(length).fill(row + 0.5));
      const found: number[] = [];
      let begun = 0;
      for await (const { content } of raggedFrames(1, rows)) {
        if (content?.$case !== "ragged") throw new Error("another frame");
        expect(content.value.data.length).toBeLessThanOrEqual(8 * 2 ** 17);
        for (const { unit, begins, seconds } of spikeRuns(times, content.value)) {
          if (begins) expect(unit).toBe(begun++);
          found[unit] = (found[unit] ?? 0) + seconds.length;
          expect(seconds.every((value) => value === unit + 0.5)).toBe(true);
        }
      }
      expect(found).toEqual(lengths);
    }),
    { numRuns: 20 },
  );
});

test("rows that stand end to end are not copied, one by one or several at once", async () => {
  const memory = Float64Array.from({ length: 9 }, (_, index) => index);
  const rows = [memory.subarray(2, 4), memory.subarray(4, 4), memory.subarray(4, 8)];
  const apart = [memory.subarray(4, 8), memory.subarray(2, 4)];
  for (const given of [rows, [rows], [rows.slice(0, 1), rows.slice(1)]]) {
    const [found, ...rest] = await chunksOf(raggedFrames(1, given));
    expect(rest).toEqual([]);
    expect(found).toMatchObject({ firstRow: 0, rowLengths: [2, 0, 4], elementOffset: 0 });
    expect([found?.data.buffer === memory.buffer, found?.data.byteOffset, found?.data.length]).toEqual([true, 16, 48]);
  }
  const [copied] = await chunksOf(raggedFrames(1, [apart]));
  expect([...asElements("float64", copied?.data as Uint8Array)]).toEqual([4, 5, 6, 7, 2, 3]);
});

test("times that ascend stay as they are, others are sorted into new memory", () => {
  const sorted = Float64Array.of(-1, 0, 0, 2);
  expect(ascending(sorted)).toBe(sorted);
  const mixed = Float64Array.of(3, -1, 2);
  expect([...ascending(mixed)]).toEqual([-1, 2, 3]);
  expect([...mixed]).toEqual([3, -1, 2]);
});

async function chunksOf(frames: AsyncIterable<Frame>): Promise<RaggedChunk[]> {
  const chunks: RaggedChunk[] = [];
  for await (const { content } of frames) if (content?.$case === "ragged") chunks.push(content.value);
  return chunks;
}
