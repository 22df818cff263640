import { expect, test } from "@jest/globals";
import type { DatasetStream, RawOptions } from "@sluice/core";
import { type TimeUnit, timeUnits } from "@sluice/spikes";
import * as fc from "fast-check";
import { hdf5Loader } from "../../loader.ts";
import { exportToMemory, spikeStream, unitsOf, withFile } from "../../testing/index.ts";
import { type Style, styles } from "./options.ts";

const rate = 20_000;

async function exported<T>(
  stream: DatasetStream,
  options: RawOptions,
  use: (stream: DatasetStream) => Promise<T>,
): Promise<T> {
  const { bytes } = await exportToMemory(stream, { profile: "spikelab", ...options });
  return withFile(bytes, async (path) => use(await hdf5Loader.load(path, {})));
}

/** Recordings with empty units anywhere, no units, and starts before the event. */
const recordings = fc
  .record({
    startSeconds: fc.constantFrom(0, -0.2, -1.5, 3.25),
    durationSeconds: fc.constantFrom(0.5, 1, 2.345),
    units: fc.array(
      fc.oneof(fc.constant([]), fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 })),
      {
        maxLength: 6,
      },
    ),
  })
  .map(({ startSeconds, durationSeconds, units }) => ({
    startSeconds,
    durationSeconds,
    units: units.map((unit) => unit.map((part) => startSeconds + part * durationSeconds).toSorted((a, b) => a - b)),
  }));

const precision: Readonly<Record<TimeUnit, (time: number) => number>> = {
  s: () => 0,
  ms: (time) => 4 * Number.EPSILON * Math.abs(time),
  samples: (time) => 0.5000001 / rate + 4 * Number.EPSILON * Math.abs(time),
};

test.each(["ragged", "group", "paired"] satisfies Style[])(
  "%s: every unit comes back, to the precision of the unit of time",
  async (style) => {
    await fc.assert(
      fc.asyncProperty(
        recordings,
        fc.constantFrom(...timeUnits),
        fc.integer({ min: 1, max: 9 }),
        async ({ startSeconds, durationSeconds, units }, timeUnit, spikesPerChunk) => {
          const spikes = { startTimeSeconds: startSeconds, durationSeconds, samplingRateHz: rate };
          const stream = spikeStream(units, { spikes, spikesPerChunk });
          await exported(stream, { style, timeUnit }, async (loaded) => {
            const [found] = loaded.header.dataset.spikeTrains;
            const slack = timeUnit === "samples" ? 0.5000001 / rate : 0;
            expect(Math.abs(found!.startTimeSeconds - startSeconds)).toBeLessThanOrEqual(slack);
            expect(Math.abs(found!.durationSeconds! - durationSeconds)).toBeLessThanOrEqual(2 * slack + 1e-12);
            const loadedUnits = await unitsOf(loaded);
            expect(loadedUnits.map(({ length }) => length)).toEqual(units.map(({ length }) => length));
            for (const [unit, times] of units.entries()) {
              for (const [index, time] of times.entries()) {
                expect(Math.abs(loadedUnits[unit]![index]! - time)).toBeLessThanOrEqual(precision[timeUnit](time));
              }
            }
          });
        },
      ),
      { numRuns: 15 },
    );
  },
);

test("raster: every spike comes back in its unit, to a bin", async () => {
  await fc.assert(
    fc.asyncProperty(
      recordings,
      fc.constantFrom(1, 5, 7.5),
      async ({ startSeconds, durationSeconds, units }, rasterBinMs) => {
        const spikes = { startTimeSeconds: startSeconds, durationSeconds };
        await exported(spikeStream(units, { spikes }), { style: "Raster", rasterBinMs }, async (loaded) => {
          const loadedUnits = await unitsOf(loaded);
          expect(loadedUnits.map(({ length }) => length)).toEqual(units.map(({ length }) => length));
          for (const [unit, times] of units.entries()) {
            for (const [index, time] of times.entries()) {
              expect(Math.abs(loadedUnits[unit]![index]! - time)).toBeLessThanOrEqual(rasterBinMs / 1e3 + 1e-12);
            }
          }
        });
      },
    ),
    { numRuns: 15 },
  );
});

test.each(styles)("%s: a recording without units, and one without spikes", async (style) => {
  const spikes = { durationSeconds: 0.01 };
  await exported(spikeStream([], { spikes }), { style }, async (loaded) => expect(await unitsOf(loaded)).toEqual([]));
  await exported(spikeStream([[], [], []], { spikes }), { style }, async (loaded) => {
    expect(await unitsOf(loaded)).toEqual([[], [], []]);
  });
});

test.each(["ragged", "group", "paired"] satisfies Style[])(
  "%s: a unit of more spikes than a frame or a chunk holds",
  async (style) => {
    const long = Array.from({ length: 140_000 }, (_, index) => index / 14_000);
    const stream = spikeStream([[], long, [1]], { spikes: { durationSeconds: 10 }, spikesPerChunk: 50_000 });
    await exported(stream, { style }, async (loaded) => expect(await unitsOf(loaded)).toEqual([[], long, [1]]));
  },
);
