import { expect, test } from "@jest/globals";
import { ArraySpec } from "@sluice/proto";
import { rawClockOf, spikesOf } from "./index.ts";
import { smallTable, spikeStream } from "./testing/index.ts";

const trains = [[0.005, 0.01], []];

test("arrays and tables by role", () => {
  const tables = [smallTable("cells", 1, { ch: [1, 2] }), smallTable("probe", 2, { x: [0] })];
  const { header } = spikeStream(trains, { tables, spikes: { unitsTable: "cells", electrodesTable: "probe" } });
  const { spikes, problems } = spikesOf(header);
  expect(problems).toEqual([]);
  expect(spikes).toMatchObject({
    unitCount: 2,
    times: { name: "spikes/times" },
    units: { name: "cells" },
    electrodes: { name: "probe" },
    raw: undefined,
    amplitudes: undefined,
    templates: undefined,
  });
});

test("what stands against an export", () => {
  const none = spikesOf(spikeStream([], { dataset: { spikeTrains: [] } }).header);
  expect([none.spikes, none.problems.map(({ reason }) => reason)]).toEqual([undefined, ["SPIKES_MISSING"]]);
  const integers = spikeStream(trains).header;
  const header = { ...integers, arrays: integers.arrays.map((array) => ({ ...array, dataType: "int32" })) };
  expect(spikesOf(header).problems.map(({ reason }) => reason)).toEqual(["SPIKE_TIMES_INVALID"]);
  const short = spikeStream(trains, { tables: [smallTable("u", 1, { a: [1] })], spikes: { unitsTable: "u" } });
  const { spikes, problems } = spikesOf(short.header);
  expect(spikes).toBeDefined();
  expect(problems).toMatchObject([{ reason: "UNITS_TABLE_MISMATCH", field: "tables.u.rows", got: "1 rows" }]);
});

test("raw traces without spikes: the remedy is the step that finds them", () => {
  const remedy = (arrays: readonly object[], dataset: object = {}) => {
    const { header } = spikeStream([], { dataset: { spikeTrains: [], ...dataset } });
    const found = spikesOf({ ...header, arrays: arrays.map((array) => ArraySpec.fromPartial(array)) });
    return found.problems[0]?.remedy ?? "";
  };
  const traces = { name: "traces", dataType: "int16", axes: [{ name: "sample" }, { name: "channel" }] };
  expect(remedy([])).toBe("Choose a format for this content.");
  expect(remedy([{ ...traces, axes: [{}, {}, {}] }])).toBe("Choose a format for this content.");
  expect(remedy([{ ...traces, dataType: "bool" }])).toBe("Choose a format for this content.");
  expect(remedy([traces])).toContain("--step spikes.threshold (`sluice steps`");
  expect(remedy([traces, { ...traces, name: "other" }])).toContain("--step spikes.threshold:array=traces ");
  expect(remedy([traces], { imageStacks: [{ name: "image" }] })).toBe("Choose a format for this content.");
});

test("the clock of raw traces: their axis, else the sampling rate, else none", () => {
  const { header } = spikeStream(trains, { spikes: { startTimeSeconds: 2 } });
  const [recording] = header.dataset.spikeTrains;
  const raw = (axis: object) => ArraySpec.fromPartial({ axes: [{ name: "sample", ...axis }, { name: "channel" }] });
  if (!recording) throw new Error("no recording");
  expect(rawClockOf(header, recording, raw({ unit: "ms", scale: 0.5, origin: 4 }))).toEqual({
    startSeconds: 0.004,
    stepSeconds: 0.0005,
  });
  expect(rawClockOf(header, recording, raw({ unit: "apples", scale: 0.5 }))).toBeUndefined();
  expect(rawClockOf(header, { ...recording, samplingRateHz: 1000 }, raw({}))).toEqual({
    startSeconds: 2,
    stepSeconds: 0.001,
  });
});
