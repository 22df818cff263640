import { expect, test } from "@jest/globals";
import { asBytes, asElements, type DataType } from "@sluice/core";
import { ArraySpec } from "@sluice/proto";
import { openSpool } from "@sluice/sink";
import * as fc from "fast-check";
import { mostSamples, type RawBlock } from "./raw-blocks.ts";
import type { RawRecording } from "./raw-recording.ts";
import { TurnedSamples } from "./turned-samples.ts";

function recordingOf(dataType: DataType, channels: number, samples: number | undefined): RawRecording {
  const array = ArraySpec.fromPartial({ name: "raw", dataType });
  return { array, layout: "samples-first", channels, samples, samplingRateHz: 1, startSeconds: 0 };
}

/** Whole samples of int32: sample * channels + channel. */
function block(first: number, rows: number, channels: number): RawBlock {
  const values = Int32Array.from({ length: rows * channels }, (_, index) => first * channels + index);
  return { offset: [first, 0], shape: [rows, channels], data: asBytes(values) };
}

/** What is read of channels, channel by channel, where each block begins behind the one before. */
async function channelsOf(turned: TurnedSamples, first: number, count: number): Promise<number[][]> {
  const found = Array.from({ length: count }, () => [] as number[]);
  for await (const { offset, shape, data } of turned.blocks(first, count)) {
    const [channel = -1, sample = -1] = offset;
    const values = found[channel - first] as number[];
    expect([shape[0], sample, data.length]).toEqual([1, values.length, 4 * (shape[1] as number)]);
    expect(shape[1]).toBeLessThanOrEqual(mostSamples);
    for (const value of asElements("int32", data)) values.push(value);
  }
  return found;
}

test("each channel comes back in order, however samples came and channels are asked for, from memory and disk", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 2000 }),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      async (channels, rows, tile, together, isKnown) => {
        const samples = rows.reduce((sum, count) => sum + count, 0);
        const recording = recordingOf("int32", channels, isKnown ? samples : undefined);
        const turned = new TurnedSamples(recording, openSpool(), tile);
        try {
          let at = 0;
          for (const count of rows) {
            const given = block(at, count, channels);
            await turned.put(given);
            given.data.fill(0);
            at += count;
          }
          for (let first = 0; first < channels; first += together) {
            const count = Math.min(together, channels - first);
            const expected = Array.from({ length: count }, (_, channel) =>
              Array.from({ length: samples }, (_sample, sample) => sample * channels + first + channel),
            );
            expect(await channelsOf(turned, first, count)).toEqual(expected);
          }
        } finally {
          await turned.close();
        }
      },
    ),
    { numRuns: 100 },
  );
});

test("a channel longer than a block comes in several", async () => {
  const samples = 2 * mostSamples + 3;
  const turned = new TurnedSamples(recordingOf("int32", 2, samples));
  await turned.put(block(0, samples, 2));
  const [channel = []] = await channelsOf(turned, 1, 1);
  expect(channel).toEqual(Array.from({ length: samples }, (_, sample) => 2 * sample + 1));
  await turned.close();
});

test("what fits into a tile needs no disk; a full disk is told", async () => {
  const fullDisk = {
    ...openSpool(),
    length: 0,
    append: () => Promise.reject(new Error("full")),
    close: async () => {},
  };
  const one = new TurnedSamples(recordingOf("int32", 3, undefined), fullDisk, 120);
  await one.put(block(0, 10, 3));
  expect((await channelsOf(one, 2, 1))[0]?.length).toBe(10);
  await one.put(block(10, 1, 3));
  await expect(channelsOf(one, 0, 1)).rejects.toThrow("full");
  await expect(one.put(block(11, 11, 3))).rejects.toThrow("full");
  await one.close();
});

test("the more channels, the more are read together", () => {
  const together = (channels: number) => new TurnedSamples(recordingOf("int16", channels, undefined)).together;
  expect([1, 32, 256, 1024, 4096].map(together)).toEqual([1, 1, 1, 4, 16]);
});
