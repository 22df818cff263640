import { expect, test } from "@jest/globals";
import { type Hdf5File, withHdf5 } from "@sluice/hdf5";
import { smallTable, spikeStream, unitsOf } from "@sluice/spikes/testing";
import { nwbLoader } from "./index.ts";
import { exportToMemory, withFile } from "./testing/index.ts";

/** Acceptance of SpikeLab's exporter: what its loader looks for, and what must not be there. */
interface Expected {
  readonly units: readonly (readonly number[])[];
  readonly spikes?: { readonly startTimeSeconds?: number; readonly durationSeconds?: number };
  readonly table?: Readonly<Record<string, readonly number[]>>;
  /** Values of datasets; undefined where there is none. */
  readonly datasets: Readonly<Record<string, readonly unknown[] | undefined>>;
  readonly attributes?: Readonly<Record<string, number>>;
}

const sd3 = [[0.005, 0.01, 0.015], [0.0025, 0.02], []];
const electrodes = "general/extracellular_ephys/electrodes";

const cases: readonly (readonly [what: string, expected: Expected])[] = [
  [
    "three units, one silent",
    {
      units: sd3,
      spikes: { durationSeconds: 0.025 },
      datasets: {
        "units/spike_times": [0.005, 0.01, 0.015, 0.0025, 0.02],
        "units/spike_times_index": [3, 5, 5],
        "units/id": [0, 1, 2],
        "units/electrodes": undefined,
        [`${electrodes}/id`]: undefined,
      },
      attributes: { start_time: 0, length_ms: 25 },
    },
  ],
  ["no unit", { units: [], spikes: { durationSeconds: 0 }, datasets: { "units/id": [] } }],
  [
    "three silent units",
    { units: [[], [], []], datasets: { "units/spike_times_index": [0, 0, 0], "units/id": [0, 1, 2] } },
  ],
  [
    "a recording around an event",
    {
      units: [[-0.05, 0.09]],
      spikes: { startTimeSeconds: -0.1, durationSeconds: 0.2 },
      datasets: { "units/spike_times": [-0.05, 0.09] },
      attributes: { start_time: -100, length_ms: 200 },
    },
  ],
  [
    "silence at the end",
    { units: [[0.01]], spikes: { durationSeconds: 0.5 }, datasets: {}, attributes: { start_time: 0, length_ms: 500 } },
  ],
  [
    "electrodes, as rows of their table",
    {
      units: sd3,
      table: { electrode: [4, 7, 2] },
      datasets: { "units/electrodes": [1, 2, 0], "units/electrodes_index": [1, 2, 3], [`${electrodes}/id`]: [2, 4, 7] },
    },
  ],
  [
    "an electrode of two units",
    {
      units: sd3,
      table: { electrode: [3, 3, 5] },
      datasets: { "units/electrodes": [0, 0, 1], [`${electrodes}/id`]: [3, 5] },
    },
  ],
  [
    "places in space",
    {
      units: [[0.001], [0.002]],
      table: { electrode: [0, 1], x: [1, 2], y: [3, 4], z: [5, 6] },
      datasets: { [`${electrodes}/x`]: [1, 2], [`${electrodes}/y`]: [3, 4], [`${electrodes}/z`]: [5, 6] },
    },
  ],
  [
    "places on a line",
    {
      units: [[0.001], [0.002]],
      table: { electrode: [0, 0], x: [1, 1] },
      datasets: { [`${electrodes}/id`]: [0], [`${electrodes}/x`]: [1], [`${electrodes}/y`]: undefined },
    },
  ],
  [
    "places of units of no electrode, which are columns of the units",
    {
      units: [[0.001], [0.002]],
      table: { x: [1, 2] },
      datasets: { "units/electrodes": undefined, "units/x": [1, 2], [`${electrodes}/id`]: undefined },
    },
  ],
];

test.each(cases)("%s", async (_, { units, spikes, table, datasets, attributes }) => {
  const stream = spikeStream(units, {
    spikes: { samplingRateHz: 20_000, ...spikes, unitsTable: table ? "cells" : "" },
    tables: table ? [smallTable("cells", 1, table)] : [],
    dataset: { sessionStartTime: new Date("2026-01-02T03:04:05Z") },
  });
  const { bytes } = await exportToMemory(stream);
  await withFile(bytes, async (path) => {
    const found = await withHdf5(path, async (file) => {
      const root = Object.fromEntries(await file.attributes());
      const values = await Promise.all(Object.keys(datasets).map((name) => valuesOf(file, name)));
      return { root, datasets: Object.fromEntries(Object.keys(datasets).map((name, at) => [name, values[at]])) };
    });
    expect(found.datasets).toEqual(datasets);
    expect(found.root).toMatchObject(attributes ?? {});
    expect(await unitsOf(await nwbLoader.load(path, {}))).toEqual(units);
  });
});

async function valuesOf(file: Hdf5File, path: string): Promise<unknown[] | undefined> {
  if (!(await file.has(path))) return undefined;
  return (await (await file.dataset(path)).readValues()).map((value) =>
    typeof value === "bigint" ? Number(value) : value,
  );
}
