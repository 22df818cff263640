import { expect, test } from "@jest/globals";
import { Stopwatch } from "@sluice/core";
import { memorySink } from "@sluice/sink/testing";
import { SegmentWriter } from "./segment-writer.ts";

test("pieces stand at even offsets, small and large ones alike", async () => {
  const sink = memorySink();
  const writer = await sink.create("a", "x/y");
  const pieces = [1, 300_001, 3, 4, 262_144, 700_000, 200_001, 200_001, 200_001, 200_001, 200_001, 5].map(
    (length, index) => new Uint8Array(length).fill(index + 1),
  );
  const segments = new SegmentWriter(writer, new Stopwatch());
  const offsets: number[] = [];
  for (const piece of pieces) offsets.push(await segments.append(piece));
  await segments.flush();
  await writer.close();
  const file = sink.files.get("a")!;
  expect(segments.position).toBe(file.length);
  for (const [index, piece] of pieces.entries()) {
    const offset = offsets[index]!;
    expect(offset % 2).toBe(0);
    expect(Buffer.compare(file.subarray(offset, offset + piece.length), piece)).toBe(0);
  }
});

test("pieces may ask for a wider alignment", async () => {
  const sink = memorySink();
  const segments = new SegmentWriter(await sink.create("a", "x/y"), new Stopwatch());
  await segments.append(new Uint8Array(3));
  expect(await segments.append(new Uint8Array(1), 8)).toBe(8);
});
