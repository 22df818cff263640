import { expect, test } from "@jest/globals";
import type { DatasetStream } from "@sluice/core";
import { memoryStream, problemOf } from "@sluice/core/testing";
import { KeptLayers } from "@sluice/proto";
import fc from "fast-check";
import { analysis } from "../../index.ts";
import { movieOf } from "../../testing/movies.ts";
import { arrayOf, type Call, runSteps, stepsOf } from "../../testing/run.ts";

const nan = Number.NaN;
const { KEPT_LAYERS_NONE: none } = KeptLayers;

async function imageAfter(frames: readonly (readonly (readonly number[])[])[], ...calls: Call[]) {
  const { shape, values } = arrayOf(await runSteps(movieOf(frames), calls, none), "image");
  return { shape, values };
}

const numbered = (height: number, width: number) =>
  Array.from({ length: height }, (_, y) => Array.from({ length: width }, (__, x) => 10 * y + x));

function ringed(): number[][] {
  return numbered(5, 5).map((row, y) =>
    row.map((value, x) => (Math.max(Math.abs(x - 2), Math.abs(y - 2)) === 2 ? nan : value)),
  );
}

test("a ring of NaN is cut off", async () => {
  const inside = [11, 12, 13, 21, 22, 23, 31, 32, 33];
  expect(await imageAfter([ringed(), numbered(5, 5)], "afm.intersection_crop")).toEqual({
    shape: [2, 3, 3],
    values: [...inside, ...inside],
  });
});

test("a crop can leave more about it, NaN where there is nothing", async () => {
  expect(await imageAfter([ringed()], ["afm.intersection_crop", { pad: [0, 2] }])).toEqual({
    shape: [1, 3, 7],
    values: [11, 21, 31].flatMap((first) => [nan, nan, first, first + 1, first + 2, nan, nan]),
  });
  const { shape, values } = await imageAfter([numbered(2, 2)], ["afm.intersection_crop", { pad: [1, 0, 0, 0] }]);
  expect({ shape, values }).toEqual({ shape: [1, 3, 2], values: [nan, nan, 0, 1, 10, 11] });
});

test("a square is cut about the middle", async () => {
  expect(await imageAfter([numbered(5, 7)], "afm.crop_square")).toEqual({
    shape: [1, 5, 5],
    values: numbered(5, 7).flatMap((row) => row.slice(1, 6)),
  });
});

test("frames without a common pixel cannot be cropped", async () => {
  const frames = [[[nan, 1]], [[1, nan]]];
  expect(await problemOf(() => imageAfter(frames, "afm.intersection_crop"))).toMatchObject({
    reason: "INTERSECTION_EMPTY",
  });
  expect(await problemOf(() => imageAfter(frames, ["afm.crop_square", { pad: [1, 2, 3] }]))).toMatchObject({
    reason: "OPTION_INVALID",
  });
});

const holed = [
  [
    [nan, 1, 2],
    [9, nan, Number.POSITIVE_INFINITY],
  ],
  [
    [1, 2, 3],
    [4, 5, nan],
  ],
];

test.each<readonly [Call, readonly number[]]>([
  ["afm.replace_nan", [0, 0, 0]],
  [
    ["afm.replace_nan", { mode: "mean" }],
    [4, 4, 3],
  ],
  [
    ["afm.replace_nan", { mode: "median" }],
    [2, 2, 3],
  ],
  [
    ["afm.replace_nan", { mode: "global_mean" }],
    [27 / 8, 27 / 8, 27 / 8],
  ],
  [
    ["afm.replace_nan", { mode: "constant", value: -7 }],
    [-7, -7, -7],
  ],
])("%j fills NaN and nothing else", async (call, [first, second, third]) => {
  expect((await imageAfter(holed, call)).values).toEqual([
    first,
    1,
    2,
    9,
    second,
    Number.POSITIVE_INFINITY,
    1,
    2,
    3,
    4,
    5,
    third,
  ]);
});

test("a constant is needed for that mode, and for no other", async () => {
  const fault = (parameters: object) => problemOf(() => imageAfter(holed, ["afm.replace_nan", { ...parameters }]));
  expect(await fault({ mode: "constant" })).toMatchObject({ reason: "OPTION_MISSING", field: "value" });
  expect(await fault({ mode: "mean", value: 1 })).toMatchObject({ reason: "OPTION_NOT_APPLICABLE", field: "value" });
  expect(await fault({ mode: "nearest" })).toMatchObject({ reason: "OPTION_INVALID" });
});

test("a frame of NaN has no mean", async () => {
  const frames = [[[1]], [[nan]]];
  expect(await problemOf(() => imageAfter(frames, ["afm.replace_nan", { mode: "mean" }]))).toMatchObject({
    reason: "FRAME_WITHOUT_VALUES",
  });
  expect((await imageAfter(frames, ["afm.replace_nan", { mode: "global_mean" }])).values).toEqual([1, 1]);
});

const series = [[[1, nan]], [[5, 2]], [[3, 8]], [[100, nan]], [[4, 6]]];

test("a pixel is filtered over the frames about it; NaN takes no part and stays", async () => {
  expect((await imageAfter(series, "afm.temporal_median_filter")).values).toEqual([3, nan, 3, 5, 5, 5, 4, nan, 52, 6]);
  expect((await imageAfter(series, "afm.temporal_mean_filter")).values).toEqual([
    3,
    nan,
    3,
    5,
    36,
    5,
    107 / 3,
    nan,
    52,
    6,
  ]);
  expect((await imageAfter(series, ["afm.temporal_mean_filter", { window: 1 }])).values).toEqual(series.flat(2));
  expect(await problemOf(() => imageAfter(series, ["afm.temporal_mean_filter", { window: 2 }]))).toMatchObject({
    reason: "OPTION_INVALID",
    field: "afm.temporal_mean_filter.window",
  });
});

test("a filter over time equals its definition, however the stream is cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 12 }),
      fc.constantFrom(1, 3, 5, 7),
      fc.integer({ min: 1, max: 12 }),
      fc.boolean(),
      async (values, window, perChunk, unknownLength) => {
        const data = Float64Array.from(values);
        const stream = memoryStream([{ name: "image", dataType: "float64", shape: [values.length, 1, 1], data }], {
          imageStack: {},
          chunking: [perChunk, 1, 1],
          unknownLength,
        });
        const reach = (window - 1) / 2;
        const about = values.map((_, index) => values.slice(Math.max(0, index - reach), index + reach + 1));
        const sorted = about.map((list) => list.toSorted((one, other) => one - other));
        const outcomes = await runSteps(stream, [["afm.temporal_median_filter", { window }]], none);
        expect(arrayOf(outcomes, "image").values).toEqual(
          sorted.map((list) => (list[(list.length - 1) >> 1]! + list[list.length >> 1]!) / 2),
        );
      },
    ),
    { numRuns: 40 },
  );
});

test("no more frames are read than a window and the one before need", async () => {
  const whole = movieOf(Array.from({ length: 30 }, (_, index) => [[index]]));
  let taken = 0;
  const counted: DatasetStream = {
    header: whole.header,
    frames: (async function* () {
      for await (const frame of whole.frames) {
        taken++;
        yield frame;
      }
    })(),
  };
  const steps = stepsOf([["afm.temporal_mean_filter", { window: 5 }], "afm.count_nonzero", "afm.replace_nan"]);
  const { frames, header } = await analysis.apply(counted, { steps, layers: none }, new AbortController().signal);
  const id = header.arrays.find(({ name }) => name === "image")?.arrayId;
  let given = 0;
  for await (const { content } of frames) {
    if (content?.$case !== "chunk" || content.value.arrayId !== id) continue;
    given++;
    expect(taken - given).toBeLessThanOrEqual(3);
  }
  expect(given).toBe(30);
});
