import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { digestsOf, verify } from "@sluice/core";
import type { MemoryArray } from "@sluice/core/testing";
import { roundHalfToEven } from "@sluice/spikes";
import { smallTable, spikeStream, unitsOf } from "@sluice/spikes/testing";
import fc from "fast-check";
import { kilosortLoader } from "./index.ts";
import { exported, parsed, withFolder } from "./testing/index.ts";

const samplingRateHz = 20_000;

/** Recordings with silent units anywhere, and starts before the event. */
const recordings = fc.record({
  startTimeSeconds: fc.constantFrom(0, -0.5, 3.25),
  units: fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), { maxLength: 8 }),
  spikesPerChunk: fc.constantFrom(1, 7, 1000),
});

test("every unit comes back to half a sample, however it was sent; digests are those of the folder", async () => {
  await fc.assert(
    fc.asyncProperty(recordings, async ({ startTimeSeconds, units, spikesPerChunk }) => {
      const sorted = units.map((unit) => unit.map((time) => startTimeSeconds + time).toSorted((a, b) => a - b));
      const spikes = { startTimeSeconds, durationSeconds: 1, samplingRateHz };
      const { files, findings } = await exported(spikeStream(sorted, { spikes, spikesPerChunk }));
      await withFolder(files, async (folder) => {
        const found = await unitsOf(await kilosortLoader.load(folder, {}));
        expect(found.map(({ length }) => length)).toEqual(sorted.map(({ length }) => length));
        for (const [unit, times] of sorted.entries()) {
          for (const [index, time] of times.entries()) {
            expect(Math.abs((found[unit]?.[index] as number) - time)).toBeLessThanOrEqual(0.5 / samplingRateHz + 1e-12);
          }
        }
        expect(await digestsOf(await kilosortLoader.load(folder, {}))).toEqual(
          expect.arrayContaining(findings.digests ?? []),
        );
        expect(findings.digests).toHaveLength(1);
      });
    }),
    { numRuns: 25 },
  );
});

test("digests are those of the folder whatever the ids, the noise and the names", async () => {
  const tables = [smallTable("cells", 1, { cluster_id: [30, 10, 20, 5], group: ["good", null, "noise", "mua"] })];
  const templates: MemoryArray = {
    name: "shapes",
    dataType: "float64",
    shape: [4, 2, 2],
    data: Float64Array.from({ length: 16 }, (_, index) => index / 3),
    axes: ["unit", "sample", "channel"],
  };
  const spikes = { durationSeconds: 1, samplingRateHz, unitsTable: "cells", templatesArray: "shapes" };
  const stream = spikeStream([[0.1], [0.2, 0.3], [0.4], [0.5]], { spikes, tables, arrays: [templates] });
  const { files, findings } = await exported(stream);
  expect(findings.digests?.map(({ array, shape }) => [array, shape])).toEqual([
    ["spikes/times", [3]],
    ["spikes/templates", [3, 2, 2]],
  ]);
  await withFolder(files, async (folder) => {
    const { equal } = await verify(findings.digests ?? [], await kilosortLoader.load(folder, {}), "kilosort");
    expect(equal).toBe(true);
  });
});

test("what stands in for what is not known does not come back as measured", async () => {
  const shanks = smallTable("probe", 2, { shank: [0, 1] });
  const cells = smallTable("cells", 1, { ch: [1, 0] });
  const plain = { durationSeconds: 1, samplingRateHz, unitsTable: "cells" };
  const read = async (spikes: object, tables: readonly (typeof cells)[]) => {
    const { files } = await exported(spikeStream([[0.1], [0.2]], { spikes, tables }));
    return withFolder(files, async (folder) => (await kilosortLoader.load(folder, {})).header);
  };
  const bare = await read(plain, [cells]);
  expect(bare.arrays.map(({ name }) => name)).toEqual(["spikes/times"]);
  expect(bare.tables.map(({ name }) => name)).toEqual(["units"]);
  expect(bare.tables[0]?.columns.map(({ name }) => name)).toContain("ch");
  expect(bare.dataset.origins.map(({ detail }) => detail)).toEqual(
    expect.arrayContaining([
      "channel_positions.npy is a placeholder, as params.py says, and is left out",
      "templates.npy is a placeholder, as params.py says, and is left out",
    ]),
  );
  const probed = await read({ ...plain, electrodesTable: "probe" }, [cells, shanks]);
  expect(probed.tables[1]?.columns.map(({ name }) => name)).toEqual(["channel", "shank"]);
});

test("whatever the tables hold comes back", async () => {
  const cell = fc.oneof(fc.constant(null), fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }));
  await fc.assert(
    fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 6 }), async (notes) => {
      // Texts that look like numbers come back as numbers where all of a column do: a letter ahead keeps them texts.
      const values = notes.map((note) => (note === null ? null : `x${note}`));
      const tables = [smallTable("cells", 1, { note: values, cluster_id: values.map((_, row) => 3 * row) })];
      const spikes = { durationSeconds: 1, samplingRateHz, unitsTable: "cells" };
      const { files } = await exported(
        spikeStream(
          values.map(() => [0.5]),
          { spikes, tables },
        ),
      );
      await withFolder(files, async (folder) => {
        const { header, frames } = await kilosortLoader.load(folder, {});
        expect(header.dataset.spikeTrains[0]?.unitsTable).toBe("units");
        for await (const { content } of frames) {
          if (content?.$case !== "batch" || content.value.tableId !== 1) continue;
          const at = header.tables[0]?.columns.findIndex(({ name }) => name === "note") ?? -1;
          const { offsets, data } = content.value.columns[at] ?? {
            offsets: new Uint8Array(0),
            data: new Uint8Array(0),
          };
          const ends = new Int32Array(offsets.slice().buffer);
          const texts = values.map((_, row) => Buffer.from(data.slice(ends[row], ends[row + 1])).toString());
          expect(texts).toEqual(values.map((value) => value ?? ""));
        }
      });
    }),
    { numRuns: 25 },
  );
});

const golden = fileURLToPath(new URL("../../../../shared/data/spikelab/golden_spikelab.json", import.meta.url));
const reason = existsSync(golden) ? "" : " (SKIPPED: ../shared/data/spikelab is not there)";

(reason ? test.skip : test)(`SpikeLab's golden trains, its formula and its order${reason}`, async () => {
  const { trains, length_ms: lengthMs } = JSON.parse(readFileSync(golden, "utf8")) as {
    trains: number[][];
    length_ms: number;
  };
  const units = trains.map((unit) => unit.map((ms) => ms / 1e3));
  const spikes = { durationSeconds: lengthMs / 1e3, samplingRateHz: 30_000 };
  const { files } = await exported(spikeStream(units, { spikes }));
  const expected = trains
    .flatMap((unit, index) => unit.map((ms) => [roundHalfToEven((ms / 1e3) * 1e3 * 30), index] as const))
    .toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  expect(parsed(files["spike_times.npy"]).values).toEqual(expected.map(([sample]) => sample));
  expect(parsed(files["spike_clusters.npy"]).values).toEqual(expected.map(([, unit]) => unit));
});
