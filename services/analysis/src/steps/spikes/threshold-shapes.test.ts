import { expect, test } from "@jest/globals";
import type { DataType } from "@sluice/core";
import { memoryStream } from "@sluice/core/testing";
import { runSpikeSteps } from "../../testing/spikelab.ts";

const elements: readonly (readonly [DataType, (values: readonly number[]) => ArrayBufferView])[] = [
  ["int8", (values) => Int8Array.from(values)],
  ["uint8", (values) => Uint8Array.from(values)],
  ["int16", (values) => Int16Array.from(values)],
  ["uint16", (values) => Uint16Array.from(values)],
  ["int32", (values) => Int32Array.from(values)],
  ["uint32", (values) => Uint32Array.from(values)],
  ["int64", (values) => BigInt64Array.from(values, BigInt)],
  ["uint64", (values) => BigUint64Array.from(values, BigInt)],
  ["float32", (values) => Float32Array.from(values)],
  ["float64", (values) => Float64Array.from(values)],
];

/** Noise around 50, and a spike at sample 11. */
function valueAt(sample: number, channel: number): number {
  return Math.round(50 + 12 * Math.sin(sample * sample + channel)) + (sample === 11 ? 60 : 0);
}

/** The traces in all layouts. */
function streamsOf(channels: number, samples: number, dataType: DataType, make: (typeof elements)[number][1]) {
  const streamOf = (layout: "samples-first" | "channels-first", unknownLength: boolean) => {
    const bySample = layout === "samples-first";
    const shape = bySample ? [samples, channels] : [channels, samples];
    const [, columns = 1] = shape;
    const values = Array.from({ length: channels * samples }, (_, index) => {
      const [row, column] = [Math.floor(index / columns), index % columns];
      return bySample ? valueAt(row, column) : valueAt(column, row);
    });
    const chunking = bySample ? [Math.min(samples, 9999), channels] : [1, Math.min(samples, 7777)];
    const array = { name: "raw", dataType, shape, data: make(values), axes: ["a", "b"] };
    return [layout, memoryStream([array], { chunking, unknownLength })] as const;
  };
  return [streamOf("samples-first", false), streamOf("samples-first", true), streamOf("channels-first", false)];
}

const shapes = [
  { channels: 1, samples: 1, filter: false },
  { channels: 3, samples: 1, filter: false },
  { channels: 1, samples: 22, filter: true },
  { channels: 5, samples: 23, filter: true },
  { channels: 1, samples: 17_500, filter: true },
  { channels: 2, samples: 17_500, filter: false },
  { channels: 128, samples: 24, filter: true },
];

test.each(shapes)("all data types and layouts give the same bits: %j", async ({ channels, samples, filter }) => {
  for (const mode of ["robust", "spikelab"]) {
    const found: unknown[] = [];
    for (const [dataType, make] of elements) {
      for (const [layout, stream] of streamsOf(channels, samples, dataType, make)) {
        const given = { mode, layout, samplingRateHz: 20_000, filter, sigma: 2, keepRaw: false };
        const { ragged, tables } = await runSpikeSteps(stream, [["spikes.threshold", given]]);
        found.push([[...ragged], [...(tables.get("spikes/units") ?? [])]]);
      }
    }
    for (const one of found) expect(one).toEqual(found[0]);
    expect(found[0]).toMatchObject([
      [
        ["spikes/times", { length: channels }],
        ["spikes/amplitudes", {}],
      ],
      {},
    ]);
  }
});

test("4096 channels, fewer samples than the filter needs: told before the first frame, or at the end", async () => {
  const data = new Int16Array(4096 * 21);
  const array = { name: "raw", dataType: "int16", shape: [21, 4096], data, axes: ["sample", "channel"] } as const;
  for (const unknownLength of [false, true]) {
    const stream = memoryStream([array], { unknownLength });
    const run = runSpikeSteps(stream, [["spikes.threshold", { samplingRateHz: 20_000 }]]);
    await expect(run).rejects.toMatchObject({ problem: { reason: "RECORDING_TOO_SHORT", got: "21 samples" } });
  }
});

test("no sample, no channel: no spikes", async () => {
  for (const layout of ["samples-first", "channels-first"]) {
    for (const lengths of [
      [0, 3],
      [30, 0],
      [0, 0],
    ] as const) {
      const shape = layout === "samples-first" ? lengths : lengths.toReversed();
      const array = { name: "raw", dataType: "int16", shape, data: new Int16Array(0), axes: ["a", "b"] } as const;
      const given = { samplingRateHz: 20_000, filter: false, layout };
      const { ragged } = await runSpikeSteps(memoryStream([array]), [["spikes.threshold", given]]);
      expect(ragged.get("spikes/times")).toEqual(Array.from({ length: lengths[1] }, () => []));
    }
  }
});
