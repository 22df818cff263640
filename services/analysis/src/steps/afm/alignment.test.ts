import { expect, test } from "@jest/globals";
import { checkHeader } from "@sluice/core";
import { memoryStream, problemOf } from "@sluice/core/testing";
import { KeptLayers } from "@sluice/proto";
import fc from "fast-check";
import { analysis } from "../../index.ts";
import { frameWith, movieOf } from "../../testing/movies.ts";
import { arrayOf, type Call, type Outcomes, rowsIn, runSteps, stepsOf } from "../../testing/run.ts";

const nan = Number.NaN;

function shiftsOf(outcomes: Outcomes, table: string): unknown[] {
  return rowsIn(outcomes, table).map(({ dy, dx }) => [dy, dx]);
}

/** A pattern without repetition, moved by each of the shifts; what moves in is as irregular. */
function moving(shifts: readonly (readonly [number, number])[], height = 24, width = 24): number[][][] {
  const value = (y: number, x: number) => Math.sin(y * y * 12.9898 + x * 78.233 + y * x) * 10;
  return shifts.map(([dy, dx]) =>
    Array.from({ length: height }, (_, y) => Array.from({ length: width }, (__, x) => value(y - dy, x - dx))),
  );
}

const dots = [frameWith(5, 5, [[2, 2, 1]]), frameWith(5, 5, [[3, 3, 1]]), frameWith(5, 5, [[1, 1, 1]])];

for (const step of ["align_frames", "rolling_frame_align"]) {
  test(`${step} finds how a dot moved, and puts it in one place`, async () => {
    const outcomes = await runSteps(movieOf(dots), [[`afm.${step}`, { max_shift: 2 }]]);
    expect(shiftsOf(outcomes, `step_1_${step}_shifts`)).toEqual([
      [0, 0],
      [-1, -1],
      [1, 1],
    ]);
    const { shape, values } = arrayOf(outcomes, "image");
    expect(shape).toEqual([3, 7, 7]);
    for (const frame of [0, 1, 2]) expect(values.slice(frame * 49, (frame + 1) * 49).indexOf(1)).toBe(3 * 7 + 3);
    expect(values.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => nan));
    expect(arrayOf(outcomes, `processed/step_1_${step}`).shape).toEqual([3, 7, 7]);
    expect(arrayOf(outcomes, "processed/raw").shape).toEqual([3, 5, 5]);
  });

  test(`${step} leaves no NaN in the modes that crop`, async () => {
    const frames = moving([
      [0, 0],
      [2, 0],
      [-1, 3],
    ]);
    const shapeIn = async (mode: string) => {
      const outcomes = await runSteps(movieOf(frames), [[`afm.${step}`, { mode }]]);
      expect(shiftsOf(outcomes, `step_1_${step}_shifts`)).toEqual([
        [0, 0],
        [-2, 0],
        [1, -3],
      ]);
      const { shape, values } = arrayOf(outcomes, "image");
      return { shape, isFilled: values.every(Number.isFinite), values };
    };
    expect(await shapeIn("pad")).toMatchObject({ shape: [3, 27, 27], isFilled: false });
    const crop = await shapeIn("crop");
    expect(crop).toMatchObject({ shape: [3, 21, 21], isFilled: true });
    expect(crop.values.slice(441, 882)).toEqual(crop.values.slice(0, 441));
    expect(await shapeIn("crop_square")).toMatchObject({ shape: [3, 21, 21], isFilled: true });
  });

  test(`${step} follows the trend instead of a jump, and keeps to the limit`, async () => {
    const jumps = moving([
      [0, 0],
      [2, 2],
      [6, 6],
    ]);
    const calls = (parameters: object): Call[] => [[`afm.${step}`, { ...parameters }]];
    expect(shiftsOf(await runSteps(movieOf(jumps), calls({ max_jump: 2 })), `step_1_${step}_shifts`)).toEqual([
      [0, 0],
      [-2, -2],
      [-4, -4],
    ]);
    const near = await runSteps(movieOf(jumps), calls({ max_shift: 1 }));
    for (const { dy, dx } of rowsIn(near, `step_1_${step}_shifts`)) {
      expect(Math.abs(dy as number)).toBeLessThanOrEqual(1);
      expect(Math.abs(dx as number)).toBeLessThanOrEqual(1);
    }
  });

  test(`${step} is refused parameters that cannot be`, async () => {
    const fault = (parameters: object) =>
      problemOf(() => runSteps(movieOf(dots), [[`afm.${step}`, { ...parameters }]]));
    expect(await fault({ mode: "wrap" })).toMatchObject({ reason: "OPTION_INVALID", field: `afm.${step}.mode` });
    expect(await fault({ max_shift: 5 })).toMatchObject({ reason: "OPTION_INVALID", allowed: ["0 to 4"] });
    expect(await fault({ sigma: 1 })).toMatchObject({ reason: "OPTION_UNKNOWN" });
  });
}

test("any frame can be the reference, if there is such a frame", async () => {
  const call = (reference: number): Call[] => [["afm.align_frames", { max_shift: 2, reference_frame: reference }]];
  expect(shiftsOf(await runSteps(movieOf(dots), call(2)), "step_1_align_frames_shifts")).toEqual([
    [-1, -1],
    [-2, -2],
    [0, 0],
  ]);
  expect(await problemOf(() => runSteps(movieOf(dots), call(3)))).toMatchObject({
    reason: "FRAME_INDEX_OUT_OF_RANGE",
    allowed: ["0 to 2"],
  });
  expect(await problemOf(() => runSteps(movieOf(dots, { unknownLength: true }), call(3)))).toMatchObject({
    reason: "FRAME_INDEX_OUT_OF_RANGE",
    allowed: ["0 to 2"],
  });
});

test("a method that does not exist is refused", async () => {
  const outlook = await analysis.check(movieOf(dots).header, {
    steps: stepsOf([["afm.align_frames", { method: "bad" }]]),
    layers: KeptLayers.KEPT_LAYERS_NONE,
  });
  expect(outlook.problems).toMatchObject([{ reason: "OPTION_INVALID", field: "afm.align_frames.method" }]);
});

test("frames that are flat or hold no number stay where they are", async () => {
  const [first] = moving([[0, 0]]);
  const flat = frameWith(24, 24, []);
  const empty = flat.map((row) => row.map(() => nan));
  const outcomes = await runSteps(movieOf([first!, flat, empty]), ["afm.align_frames"]);
  expect(rowsIn(outcomes, "step_1_align_frames_shifts")).toEqual([
    { frame: 0, dy: 0, dx: 0, correlation: nan },
    { frame: 1, dy: 0, dx: 0, correlation: 0 },
    { frame: 2, dy: 0, dx: 0, correlation: nan },
  ]);
  expect(arrayOf(outcomes, "image").shape).toEqual([3, 24, 24]);
});

test("NaN and masks move with their frames; NaN takes no part in the comparison", async () => {
  const frames = moving([
    [0, 0],
    [1, -2],
  ]);
  frames[1]![5]![6] = nan;
  frames[1]![9]![9] = 1000;
  const calls: Call[] = [
    ["afm.mask_threshold", { threshold: 500 }],
    ["afm.align_frames", { max_shift: 4, mode: "crop" }],
    "afm.remove_plane",
    ["afm.mask_below_threshold", { threshold: -900 }],
  ];
  // One pixel stands out far: it is compared, too, as in playNano; without it the frames are alike.
  frames[0]![8]![11] = 1000;
  const outcomes = await runSteps(movieOf(frames), calls);
  const [first, second] = rowsIn(outcomes, "step_2_align_frames_shifts");
  expect(first).toMatchObject({ dy: 0, dx: 0 });
  expect(second).toMatchObject({ dy: -1, dx: 2 });
  expect(second!["correlation"]).toBeCloseTo(1, 9);
  const { values, shape } = arrayOf(outcomes, "processed/step_2_align_frames");
  expect(shape).toEqual([2, 23, 22]);
  const pixels = 23 * 22;
  expect(values.slice(pixels).findIndex(Number.isNaN)).toBe(4 * 22 + 6);
  const mask = arrayOf(outcomes, "masks/step_4_mask_threshold_mask_below_threshold").values;
  expect(mask.indexOf(1)).toBe(values.indexOf(1000));
  expect(mask.slice(pixels).indexOf(1)).toBe(values.slice(pixels).indexOf(1000));
});

test("the axes tell where the canvas lies, the header before the frames how large it can become", async () => {
  const axes = [
    "t",
    { name: "y", unit: "nanometer", scale: 2, origin: 10 },
    { name: "x", unit: "nanometer", scale: 2 },
  ];
  const stream = () => movieOf(dots, {}, [], axes);
  const calls: Call[] = [["afm.align_frames", { max_shift: 2 }]];
  const outlook = await analysis.check(stream().header, { steps: stepsOf(calls), layers: KeptLayers.KEPT_LAYERS_NONE });
  expect(checkHeader(outlook.header!)).toEqual([]);
  expect(outlook.header?.arrays[0]?.axes.map(({ size }) => size)).toEqual([3, 9, 9]);
  const { spec } = arrayOf(await runSteps(stream(), calls), "image");
  expect(spec.axes).toMatchObject([{}, { size: 7, scale: 2, origin: 8 }, { size: 7, scale: 2, origin: -2 }]);
});

test("steps after an alignment work on frames of the new size", async () => {
  const calls: Call[] = [
    ["afm.align_frames", { max_shift: 2 }],
    ["afm.gaussian_filter", { sigma: 0.5 }],
    "afm.mask_mean_offset",
    "afm.intersection_crop",
    "afm.zero_mean",
  ];
  const outcomes = await runSteps(movieOf(dots), calls);
  expect(arrayOf(outcomes, "processed/step_2_gaussian_filter").shape).toEqual([3, 7, 7]);
  expect(arrayOf(outcomes, "masks/step_3_mask_mean_offset").shape).toEqual([3, 7, 7]);
  expect(arrayOf(outcomes, "image").shape).toEqual([3, 3, 3]);
  expect(outcomes.dataset.provenance?.steps.map(({ name, input }) => [name, input])).toEqual([
    ["afm.align_frames", "processed/raw"],
    ["afm.gaussian_filter", "processed/step_1_align_frames"],
    ["afm.mask_mean_offset", "processed/step_2_gaussian_filter"],
    ["afm.intersection_crop", "processed/step_2_gaussian_filter"],
    ["afm.zero_mean", "processed/step_4_intersection_crop"],
  ]);
});

test("any drift within the limit is found, however the stream is cut", async () => {
  const drift = fc.integer({ min: -5, max: 5 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(drift, drift), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 24 }),
      fc.boolean(),
      fc.constantFrom("align_frames", "rolling_frame_align"),
      async (moves, perChunk, rows, unknownLength, step) => {
        const shifts = [[0, 0] as const, ...moves];
        const data = Float64Array.from(moving(shifts, 24, 20).flat(2));
        const stream = memoryStream([{ name: "image", dataType: "float64", shape: [shifts.length, 24, 20], data }], {
          imageStack: {},
          chunking: [perChunk, rows, 20],
          unknownLength,
        });
        const outcomes = await runSteps(stream, [[`afm.${step}`, { mode: "crop" }]]);
        expect(shiftsOf(outcomes, `step_1_${step}_shifts`)).toEqual(shifts.map(([dy, dx]) => [0 - dy, 0 - dx]));
        const { shape, values } = arrayOf(outcomes, "image");
        const pixels = shape[1]! * shape[2]!;
        for (let frame = 1; frame < shifts.length; frame++) {
          expect(values.slice(frame * pixels, (frame + 1) * pixels)).toEqual(values.slice(0, pixels));
        }
      },
    ),
    { numRuns: 25 },
  );
});
