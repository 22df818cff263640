import { expect, test } from "@jest/globals";
import { checkHeader, type DatasetStream } from "@sluice/core";
import { type MemoryArray, memoryStream, problemOf } from "@sluice/core/testing";
import { KeptLayers, type TableBatch, type TableSpec } from "@sluice/proto";
import fc from "fast-check";
import { analysis } from "../../index.ts";
import { arrayOf, type Call, rowsIn, runSteps, stepsOf } from "../../testing/run.ts";

const { KEPT_LAYERS_NONE: none, KEPT_LAYERS_RAW: raw, KEPT_LAYERS_ALL: all } = KeptLayers;

/** Five frames of 1 x 2 pixels that hold 10 x frame and that + 1, at recorded times, with a table of the frames. */
function movie({ times = true, table = true, unknownLength = false, chunking = [2, 1, 2] } = {}): DatasetStream {
  const image: MemoryArray = {
    name: "image",
    dataType: "float32",
    shape: [5, 1, 2],
    data: Float32Array.from({ length: 10 }, (_, index) => 10 * (index >> 1) + (index & 1)),
    axes: [
      { name: "t", unit: "second", ...(times ? { coordinatesArray: "timestamps" } : { scale: 0.5, origin: 3 }) },
      "y",
      "x",
    ],
  };
  const timestamps: MemoryArray = {
    name: "timestamps",
    dataType: "float64",
    shape: [5],
    data: Float64Array.of(0, 1.5, 2, 7, 8),
    axes: ["t"],
    spec: { unit: "s" },
  };
  return memoryStream(times ? [image, timestamps] : [image], {
    imageStack: table ? { framesTable: "frames" } : {},
    chunking: { image: chunking, timestamps: [3] },
    unknownLength,
    tables: table ? [frames] : [],
  });
}

const text = (values: readonly string[]) => ({
  validity: Uint8Array.of((1 << values.length) - 1),
  offsets: new Uint8Array(
    Int32Array.from([0, ...values.map((_, index) => values.slice(0, index + 1).join("").length)]).buffer,
  ),
  data: new Uint8Array(Buffer.from(values.join(""))),
});

const frames: { spec: TableSpec; batches: TableBatch[] } = {
  spec: {
    tableId: 7,
    name: "frames",
    columns: [
      { name: "direction", dataType: "string", unit: "", nullable: true, description: "" },
      { name: "up", dataType: "bool", unit: "", nullable: false, description: "" },
    ],
    rows: 5,
    attributes: undefined,
  },
  batches: [batch(0, ["a", "bb", ""]), batch(3, ["dddd", "e"])],
};

function batch(firstRow: number, values: readonly string[]): TableBatch {
  const up = {
    validity: new Uint8Array(0),
    offsets: new Uint8Array(0),
    data: Uint8Array.from(values, (_, row) => (firstRow + row) % 2),
  };
  return { tableId: 7, firstRow, rows: values.length, columns: [text(values), up] };
}

const imageOfFrames = (...kept: number[]) => kept.flatMap((frame) => [10 * frame, 10 * frame + 1]);

const edits: readonly (readonly [Call, readonly number[]])[] = [
  [
    ["afm.drop_frames", { indices_to_drop: [1, 3] }],
    [0, 2, 4],
  ],
  [
    ["afm.drop_frames", { indices_to_drop: [3, 1, 1] }],
    [0, 2, 4],
  ],
  [
    ["afm.drop_frames", { indices_to_drop: 2 }],
    [0, 1, 3, 4],
  ],
  [
    ["afm.drop_frames", { indices_to_drop: "0-1+4" }],
    [2, 3],
  ],
  [
    ["afm.drop_frames", { indices_to_drop: [0, "2-3"] }],
    [1, 4],
  ],
  [
    ["afm.select_frames", { keep_indices: [4, 2, 2, 0] }],
    [0, 2, 4],
  ],
  [
    ["afm.select_frames", { keep_indices: "1-3" }],
    [1, 2, 3],
  ],
  [
    ["afm.drop_frame_range", { start: 1, end: 3 }],
    [0, 3, 4],
  ],
  ["afm.drop_final_frames", [0, 1, 2, 3]],
  [
    ["afm.drop_final_frames", { n_frames_to_drop: 3 }],
    [0, 1],
  ],
  [
    ["afm.drop_final_frames", { n_frames_to_drop: 0 }],
    [0, 1, 2, 3, 4],
  ],
];

for (const [call, kept] of edits) {
  test(`${JSON.stringify(call)} keeps ${kept.join(", ")}, with times and rows`, async () => {
    const outcomes = await runSteps(movie(), [call], none);
    const { values, shape, spec } = arrayOf(outcomes, "image");
    expect({ values, shape }).toEqual({ values: imageOfFrames(...kept), shape: [kept.length, 1, 2] });
    expect(spec.axes[0]).toMatchObject({ size: kept.length, coordinatesArray: "timestamps" });
    expect(arrayOf(outcomes, "timestamps").values).toEqual(kept.map((frame) => [0, 1.5, 2, 7, 8][frame]));
    expect(rowsIn(outcomes, "frames")).toEqual(
      kept.map((frame) => ({ direction: ["a", "bb", "", "dddd", "e"][frame], up: frame % 2 })),
    );
  });
}

test("the layer of the data as they came keeps all its frames, with the times and rows of before", async () => {
  const outcomes = await runSteps(movie(), [["afm.drop_frames", { indices_to_drop: [1] }]], raw);
  expect(arrayOf(outcomes, "processed/raw").values).toEqual(imageOfFrames(0, 1, 2, 3, 4));
  expect(arrayOf(outcomes, "processed/raw").spec.axes[0]?.coordinatesArray).toBe("timestamps_before_edit");
  expect(arrayOf(outcomes, "timestamps_before_edit").values).toEqual([0, 1.5, 2, 7, 8]);
  expect(arrayOf(outcomes, "timestamps").values).toEqual([0, 2, 7, 8]);
  expect(rowsIn(outcomes, "frames_before_edit")).toHaveLength(5);
  expect(rowsIn(outcomes, "frames").map((row) => row["direction"])).toEqual(["a", "", "dddd", "e"]);
});

test("a second edit counts the frames that the first has left", async () => {
  const calls: Call[] = [
    ["afm.drop_frames", { indices_to_drop: [0] }],
    ["afm.select_frames", { keep_indices: [0, 3] }],
  ];
  const outcomes = await runSteps(movie(), calls, all);
  expect(arrayOf(outcomes, "image").values).toEqual(imageOfFrames(1, 4));
  const timesOf = (name: string) =>
    arrayOf(outcomes, arrayOf(outcomes, name).spec.axes[0]?.coordinatesArray as string).values;
  expect(timesOf("image")).toEqual([1.5, 8]);
  expect(timesOf("processed/step_2_select_frames")).toEqual([1.5, 8]);
  expect(timesOf("processed/step_1_drop_frames")).toEqual([1.5, 2, 7, 8]);
  expect(timesOf("processed/raw")).toEqual([0, 1.5, 2, 7, 8]);
  expect(
    await problemOf(() => runSteps(movie(), [calls[0]!, ["afm.drop_frames", { indices_to_drop: 4 }]])),
  ).toMatchObject({
    reason: "FRAME_INDEX_OUT_OF_RANGE",
    got: "4",
    allowed: ["0 to 3"],
  });
});

test("even times become an array of times, unless those that are left are even", async () => {
  const axis = async (call: Call) => {
    const outcomes = await runSteps(movie({ times: false }), [call], raw);
    expect(arrayOf(outcomes, "processed/raw").spec.axes[0]).toMatchObject({ scale: 0.5, origin: 3, size: 5 });
    return { outcomes, axis: arrayOf(outcomes, "image").spec.axes[0] };
  };
  const apart = await axis(["afm.drop_frames", { indices_to_drop: [1] }]);
  expect(apart.axis).toMatchObject({ coordinatesArray: "timestamps", scale: undefined, size: 4 });
  expect(arrayOf(apart.outcomes, "timestamps")).toMatchObject({ values: [3, 4, 4.5, 5], spec: { unit: "second" } });
  const late = await axis(["afm.drop_frames", { indices_to_drop: [0, 1] }]);
  expect(late.axis).toMatchObject({ coordinatesArray: "", scale: 0.5, origin: 4, size: 3 });
  const early = await axis("afm.drop_final_frames");
  expect(early.axis).toMatchObject({ coordinatesArray: "", scale: 0.5, origin: 3, size: 4 });
});

test("the active mask goes with its frame; masks of all frames stay with the layer that has them", async () => {
  const calls: Call[] = [
    ["afm.mask_threshold", { threshold: 30.5 }],
    ["afm.drop_frames", { indices_to_drop: "0-2" }],
    "afm.zero_mean",
  ];
  const outcomes = await runSteps(movie(), calls.slice(0, 2), raw);
  expect(outcomes.dataset.imageStacks[0]?.maskArrays).toEqual(["masks/step_1_mask_threshold"]);
  expect(arrayOf(outcomes, "masks/step_1_mask_threshold").shape).toEqual([5, 1, 2]);
  expect(await problemOf(() => runSteps(movie(), calls, raw))).toMatchObject({
    reason: "BACKGROUND_TOO_SMALL",
    field: "step_3_zero_mean, frame 1",
  });
});

test.each<readonly [Call, string, string]>([
  [["afm.drop_frames", { indices_to_drop: [5] }], "FRAME_INDEX_OUT_OF_RANGE", "5"],
  [["afm.drop_frames", { indices_to_drop: [-1] }], "OPTION_INVALID", "[-1]"],
  [["afm.drop_frames", { indices_to_drop: [] }], "OPTION_INVALID", "[]"],
  [["afm.drop_frames", { indices_to_drop: "3-1" }], "OPTION_INVALID", '"3-1"'],
  [["afm.drop_frames", { indices_to_drop: "0-4" }], "FRAMES_NONE_LEFT", "5 of 5 frames"],
  [["afm.drop_frames", { frames: 1 }], "OPTION_MISSING", "nothing"],
  [["afm.select_frames", { keep_indices: [0, 6] }], "FRAME_INDEX_OUT_OF_RANGE", "6"],
  [["afm.drop_frame_range", { start: -1, end: 2 }], "OPTION_INVALID", "-1"],
  [["afm.drop_frame_range", { start: 1, end: 6 }], "FRAME_INDEX_OUT_OF_RANGE", "5"],
  [["afm.drop_frame_range", { start: 3, end: 2 }], "FRAME_RANGE_EMPTY", "3 to before 2"],
  [["afm.drop_frame_range", { start: 4, end: 4 }], "FRAME_RANGE_EMPTY", "4 to before 4"],
  [["afm.drop_final_frames", { n_frames_to_drop: 5 }], "FRAMES_NONE_LEFT", "5 of 5 frames"],
])("%j is refused before the first frame: %s", async (call, reason, got) => {
  const { header } = movie();
  const outlook = await analysis.check(header, { steps: stepsOf([call]), layers: raw });
  expect(outlook.problems[0]).toMatchObject({ reason });
  expect(outlook.problems[0]?.got).toContain(got);
  expect(outlook.header).toBeUndefined();
});

test("of a movie of unknown length, frames that never come are told at its end", async () => {
  const call: Call = ["afm.select_frames", { keep_indices: [1, 5] }];
  expect(await problemOf(() => runSteps(movie({ unknownLength: true }), [call]))).toMatchObject({
    reason: "FRAME_INDEX_OUT_OF_RANGE",
    got: "5",
    allowed: ["0 to 4"],
  });
  expect(await problemOf(() => runSteps(movie({ unknownLength: true }), ["afm.drop_final_frames"]))).toMatchObject({
    reason: "FRAME_COUNT_UNKNOWN",
  });
});

test("what is kept does not depend on how the stream is cut, nor on whether its length is known", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      async (listed, rows, unknownLength, times, drops) => {
        const call: Call = drops
          ? ["afm.drop_frames", { indices_to_drop: listed }]
          : ["afm.select_frames", { keep_indices: listed }];
        const stream = movie({ chunking: [rows, 1, 2], unknownLength, times });
        const plan = { steps: stepsOf([call]), layers: all };
        const { header } = await analysis.check(stream.header, plan);
        expect(checkHeader(header!)).toEqual([]);
        const outcomes = await runSteps(stream, [call]);
        const kept = [0, 1, 2, 3, 4].filter((frame) => listed.includes(frame) !== drops);
        expect(arrayOf(outcomes, "image").values).toEqual(imageOfFrames(...kept));
        expect(rowsIn(outcomes, "frames")).toHaveLength(kept.length);
        const [axis] = arrayOf(outcomes, "image").spec.axes;
        const seconds = axis?.coordinatesArray
          ? arrayOf(outcomes, axis.coordinatesArray).values
          : kept.map((_, index) => axis!.origin + axis!.scale! * index);
        expect(seconds).toEqual(kept.map((frame) => (times ? [0, 1.5, 2, 7, 8][frame] : 3 + frame / 2)));
      },
    ),
    { numRuns: 60 },
  );
});
