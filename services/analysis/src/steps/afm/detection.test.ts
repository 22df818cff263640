import { expect, test } from "@jest/globals";
import { problemOf } from "@sluice/core/testing";
import { KeptLayers } from "@sluice/proto";
import fc from "fast-check";
import { analysis } from "../../index.ts";
import { frameWith, movieOf } from "../../testing/movies.ts";
import { arrayOf, type Call, rowsIn, runSteps, stepsOf } from "../../testing/run.ts";

const { KEPT_LAYERS_NONE: none, KEPT_LAYERS_ALL: all } = KeptLayers;
const threshold: Call = ["afm.mask_threshold", { threshold: 0.5 }];

/** A frame from a drawing: digits are heights, dots are nought. */
function drawn(...rows: string[]): number[][] {
  return rows.map((row) => [...row].map((character) => (character === "." ? 0 : Number(character))));
}

test("the table of counts has a row for each frame; the image stays", async () => {
  const frames = [drawn("1.2", "..."), drawn("...", "..."), drawn("111", "1.1")];
  frames[1]![0]![1] = Number.NaN;
  const outcomes = await runSteps(movieOf(frames), ["afm.count_nonzero"], all);
  expect(rowsIn(outcomes, "step_1_count_nonzero")).toEqual([
    { frame: 0, count: 2 },
    { frame: 1, count: 1 },
    { frame: 2, count: 5 },
  ]);
  expect(arrayOf(outcomes, "image").values).toEqual(frames.flat(2));
  expect([...outcomes.arrays.keys()]).not.toContain("processed/step_1_count_nonzero");
  expect(outcomes.dataset.provenance?.steps).toMatchObject([
    { name: "afm.count_nonzero", input: "processed/raw", output: "step_1_count_nonzero" },
  ]);
});

async function featuresOf(frames: number[][][], parameters: object) {
  const outcomes = await runSteps(movieOf(frames), [threshold, ["afm.feature_detection", { ...parameters }]], none);
  return rowsIn(outcomes, "step_2_feature_detection");
}

test("features are what touches, at corners too, large enough and off the edge", async () => {
  const frame = drawn("......", ".12...", "..3.5.", "......", ".4...7");
  const [first, ...others] = await featuresOf([frame, drawn("......", "......", "......", "......", "......")], {
    min_size: 2,
  });
  expect(first).toEqual({
    frame: 0,
    label: 1,
    y: 4 / 3,
    x: 5 / 3,
    area: 3,
    min: 1,
    max: 3,
    mean: 2,
    top: 1,
    left: 1,
    bottom: 3,
    right: 3,
  });
  expect(others).toEqual([]);
  const everything = await featuresOf([frame], { min_size: 1, remove_edge: false });
  expect(everything.map(({ label, area, max }) => [label, area, max])).toEqual([
    [1, 3, 3],
    [2, 1, 5],
    [3, 1, 4],
    [4, 1, 7],
  ]);
});

test("holes are filled on request, all or small ones", async () => {
  const ring = drawn(".......", ".11111.", ".1.1.1.", ".111.1.", ".11111.", ".......");
  const area = async (parameters: object) => (await featuresOf([ring], { ...parameters }))[0]?.["area"];
  expect(await area({})).toBe(17);
  expect(await area({ fill_holes: true })).toBe(20);
  expect(await area({ fill_holes: true, hole_area: 2 })).toBe(18);
  expect(await problemOf(() => area({ hole_area: 2 }))).toMatchObject({ reason: "OPTION_NOT_APPLICABLE" });
});

test("a bridge is opened; what is thin all over stays", async () => {
  const pair = drawn(
    "...............",
    "..111.....111..",
    ".11111...11111.",
    ".1111111111111.",
    ".11111...11111.",
    "..111.....111..",
    "...............",
    ".1111111111111.",
    "...............",
  );
  const parts = await featuresOf([pair], { morph_opening: true, sep_radius: 2, min_size: 1 });
  expect(parts.map(({ y, x, area }) => [y, x, area])).toEqual([
    [3, 3.5, 18],
    [3, 10.5, 18],
    [7, 7, 13],
  ]);
});

test("features need a mask", async () => {
  const plan = { steps: stepsOf(["afm.feature_detection"]), layers: none };
  expect((await analysis.check(movieOf([drawn("1")]).header, plan)).problems).toMatchObject([
    { reason: "MASK_MISSING", field: "step_1_feature_detection" },
  ]);
});

/** Round bumps of that width at those places. */
function bumps(size: number, places: readonly (readonly [number, number, number])[], height = 1): number[][] {
  return Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (__, x) =>
      places.reduce((sum, [py, px, s]) => sum + height * Math.exp(-((y - py) ** 2 + (x - px) ** 2) / (2 * s * s)), 0),
    ),
  );
}

test("blobs are found at their places, with their sizes, the strongest first", async () => {
  const frame = bumps(40, [
    [10, 12, 2],
    [28, 25, 4],
  ]);
  const parameters = { min_sigma: 1, max_sigma: 6, num_sigma: 11 };
  const outcomes = await runSteps(movieOf([frame, bumps(40, [])]), [["afm.log_blob_detection", parameters]], none);
  const found = rowsIn(outcomes, "step_1_log_blob_detection");
  expect(found.map(({ frame: index, label, y, x }) => [index, label, y, x])).toEqual(
    expect.arrayContaining([
      [0, expect.any(Number), 10, 12],
      [0, expect.any(Number), 28, 25],
    ]),
  );
  expect(found).toHaveLength(2);
  for (const { x, sigma, radius } of found) {
    expect(sigma).toBe(x === 12 ? 2 : 4);
    expect(radius).toBeCloseTo((sigma as number) * Math.SQRT2, 12);
  }
});

test("a frame with NaN has no Laplacian", async () => {
  const frame = bumps(9, []);
  frame[3]![3] = Number.NaN;
  expect(await problemOf(() => runSteps(movieOf([frame]), ["afm.log_blob_detection"]))).toMatchObject({
    reason: "FRAME_WITH_NAN",
    field: "frame 0",
  });
  const reversed: Call = ["afm.log_blob_detection", { min_sigma: 3, max_sigma: 2 }];
  expect(await problemOf(() => runSteps(movieOf([frame]), [reversed]))).toMatchObject({ reason: "OPTION_INVALID" });
});

/** Frames with dots at those places. */
const dotted = (...frames: (readonly (readonly [number, number])[])[]) =>
  frames.map((places) =>
    frameWith(
      20,
      20,
      places.map(([y, x]) => [y, x, 1]),
    ),
  );

const detect: Call[] = [threshold, ["afm.feature_detection", { min_size: 1, remove_edge: false }]];

async function tracksOf(frames: number[][][], parameters: object) {
  const outcomes = await runSteps(movieOf(frames), [...detect, ["afm.particle_tracking", { ...parameters }]], none);
  return rowsIn(outcomes, "step_3_particle_tracking").map(({ frame, track, y, x }) => [frame, track, y, x]);
}

test("tracks take the nearest feature, the oldest track first, nearer than the limit", async () => {
  const frames = dotted(
    [
      [2, 2],
      [2, 8],
    ],
    [[2, 5]],
    [
      [2, 5],
      [9, 9],
    ],
  );
  expect(await tracksOf(frames, { max_distance: 4 })).toEqual([
    [0, 0, 2, 2],
    [0, 1, 2, 8],
    [1, 0, 2, 5],
    [2, 0, 2, 5],
    [2, 2, 9, 9],
  ]);
  expect(await tracksOf(frames, { max_distance: 3 })).toEqual([
    [0, 0, 2, 2],
    [0, 1, 2, 8],
    [1, 2, 2, 5],
    [2, 2, 2, 5],
    [2, 3, 9, 9],
  ]);
});

test("a track may miss frames, and reach farther after them", async () => {
  const frames = dotted([[2, 2]], [], [[2, 7]]);
  const last = async (parameters: object) => (await tracksOf(frames, parameters)).at(-1)?.[1];
  expect(await last({ max_distance: 6 })).toBe(1);
  expect(await last({ max_distance: 6, max_missing: 1 })).toBe(0);
  expect(await last({ max_distance: 3, max_missing: 1 })).toBe(1);
  expect(await last({ max_distance: 3, max_missing: 1, distance_scale: "linear" })).toBe(0);
  expect(await last({ max_distance: 3, max_missing: 1, distance_scale: "sqrt" })).toBe(1);
  expect(await last({ max_distance: 4, max_missing: 1, distance_scale: "sqrt" })).toBe(0);
});

test("tracks build on blobs as well, and on nothing else", async () => {
  const frames = [bumps(20, [[10, 6, 2]]), bumps(20, [[10, 8, 2]])];
  const outcomes = await runSteps(movieOf(frames), ["afm.log_blob_detection", "afm.particle_tracking"], none);
  expect(rowsIn(outcomes, "step_2_particle_tracking")).toMatchObject([
    { frame: 0, track: 0, x: 6 },
    { frame: 1, track: 0, x: 8 },
  ]);
  expect(await problemOf(() => runSteps(movieOf(frames), ["afm.particle_tracking"]))).toMatchObject({
    reason: "FEATURES_MISSING",
    field: "step_1_particle_tracking",
  });
  const other: Call = ["afm.particle_tracking", { features: "step_9_feature_detection" }];
  expect(await problemOf(() => runSteps(movieOf(frames), ["afm.log_blob_detection", other]))).toMatchObject({
    reason: "FEATURES_MISSING",
    allowed: ["step_1_log_blob_detection"],
  });
});

test("features of a movie that is cut otherwise are the same", async () => {
  const frames = dotted(
    [
      [2, 2],
      [2, 8],
    ],
    [[2, 5]],
    [],
    [
      [2, 5],
      [9, 9],
    ],
  );
  const calls: Call[] = [...detect, ["afm.particle_tracking", { max_missing: 2 }], ["afm.k_means", { k: 2 }]];
  const whole = await runSteps(movieOf(frames), calls, none);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      async (count, rows, unknownLength) => {
        const outcomes = await runSteps(movieOf(frames, { chunking: [count, rows, 20], unknownLength }), calls, none);
        expect([...outcomes.tables]).toEqual([...whole.tables]);
      },
    ),
    { numRuns: 20 },
  );
});

const groups = dotted(
  [
    [1, 1],
    [1, 3],
    [3, 1],
  ],
  [
    [2, 2],
    [16, 16],
  ],
  [
    [17, 17],
    [15, 18],
    [3, 3],
    [18, 15],
  ],
);

test.each([
  ["afm.dbscan", { eps: 0.3, min_samples: 3 }],
  ["afm.k_means", { k: 2 }],
  ["afm.x_means", { max_k: 2 }],
] as const)("%s finds two groups", async (name, parameters) => {
  const calls: Call[] = [...detect, [name, { ...parameters, use_time: false }]];
  const table = `step_3_${name.slice(4)}`;
  const outcomes = await runSteps(movieOf(groups), calls, none);
  const rows = rowsIn(outcomes, table);
  const clusters = rows.map((row) => row["cluster"] as number);
  const first = clusters[0] as number;
  expect(clusters.map((cluster) => Number(cluster !== first))).toEqual([0, 0, 0, 0, 1, 0, 1, 1, 1]);
  const centres = rowsIn(outcomes, `${table}_centers`);
  expect(centres.map(({ members }) => members)).toEqual(first === 0 ? [5, 4] : [4, 5]);
  expect(centres[first]).toMatchObject({ y: 2, x: 2 });
  expect((await runSteps(movieOf(groups), calls, none)).tables).toEqual(outcomes.tables);
});

test("points of no cluster are noise; times count unless they are left out", async () => {
  const calls = (parameters: object): Call[] => [...detect, ["afm.dbscan", { min_samples: 3, ...parameters }]];
  const clustersOf = async (parameters: object) =>
    rowsIn(await runSteps(movieOf(groups), calls(parameters), none), "step_3_dbscan").map(({ cluster }) => cluster);
  expect(await clustersOf({ eps: 0.01 })).toEqual(Array.from({ length: 9 }, () => -1));
  expect(await clustersOf({ eps: 0.3 })).toEqual([0, 0, 0, -1, -1, -1, 1, 1, 1]);
  expect(await clustersOf({ eps: 0.3, time_weight: 0 })).toEqual(await clustersOf({ eps: 0.3, use_time: false }));
});

test("clusters tell the mean time of their members", async () => {
  const axes = [{ name: "t", unit: "second", scale: 2, origin: 1 }, "y", "x"];
  const outcomes = await runSteps(movieOf(groups, {}, [], axes), [...detect, ["afm.k_means", { k: 1 }]], none);
  expect(rowsIn(outcomes, "step_3_k_means_centers")).toMatchObject([
    { cluster: 0, members: 9, time: (3 * 1 + 2 * 3 + 4 * 5) / 9 },
  ]);
});

test("clusterings that cannot be are refused", async () => {
  const fault = (call: Call) => problemOf(() => runSteps(movieOf(groups), [...detect, call], none));
  expect(await fault("afm.k_means")).toMatchObject({ reason: "OPTION_MISSING", field: "afm.k_means.k" });
  expect(await fault(["afm.k_means", { k: 10 }])).toMatchObject({ reason: "FEATURES_TOO_FEW", got: "9 places" });
  expect(await fault(["afm.x_means", { min_k: 3, max_k: 2 }])).toMatchObject({ reason: "OPTION_INVALID" });
  expect(await problemOf(() => runSteps(movieOf(groups), ["afm.dbscan"]))).toMatchObject({
    reason: "FEATURES_MISSING",
  });
  const empty = await runSteps(movieOf([frameWith(4, 4, [])]), [...detect, ["afm.k_means", { k: 2 }]], none);
  expect(rowsIn(empty, "step_3_k_means")).toEqual([]);
});
