import { expect, test } from "@jest/globals";
import { checkHeader, type DatasetStream } from "@sluice/core";
import { memoryStream, problemOf } from "@sluice/core/testing";
import { KeptLayers } from "@sluice/proto";
import fc from "fast-check";
import { analysis } from "./index.ts";
import { arrayOf, type Call, namesOf, runSteps, stepsOf } from "./testing/run.ts";

const ramp = () =>
  memoryStream(
    [
      {
        name: "image",
        dataType: "int16",
        shape: [2, 3, 4],
        data: Int16Array.from({ length: 24 }, (_, index) => index),
        spec: { valueScale: 0.5, valueOffset: 10, unit: "nm" },
      },
    ],
    { imageStack: {} },
  );

test("the result takes the image's place, the data as they came become the layer raw", async () => {
  const outcomes = await runSteps(ramp(), ["afm.remove_plane"], KeptLayers.KEPT_LAYERS_UNSPECIFIED);
  const image = arrayOf(outcomes, "image");
  expect(image.spec).toMatchObject({ dataType: "float32", unit: "nm", valueScale: undefined, valueOffset: undefined });
  expect(image.shape).toEqual([2, 3, 4]);
  for (const value of image.values) expect(value).toBeCloseTo(0, 6);
  const raw = arrayOf(outcomes, "processed/raw");
  expect(raw.spec).toMatchObject({ dataType: "float32", valueScale: undefined, unit: "nm" });
  expect(raw.values).toEqual(Array.from({ length: 24 }, (_, index) => 10 + index / 2));
  expect(outcomes.dataset.imageStacks[0]?.layers).toEqual([{ name: "raw", array: "processed/raw" }]);
});

test("data that are not scaled become the layer raw as they are", async () => {
  const data = Int32Array.from({ length: 12 }, (_, index) => index);
  const stream = memoryStream([{ name: "image", dataType: "int32", shape: [1, 3, 4], data }], { imageStack: {} });
  const outcomes = await runSteps(stream, ["afm.remove_plane"]);
  expect(arrayOf(outcomes, "processed/raw")).toMatchObject({ spec: { dataType: "int32" }, values: [...data] });
  expect(arrayOf(outcomes, "image").spec.dataType).toBe("float64");
});

test("every step can be kept as a layer, numbered from 1", async () => {
  const outcomes = await runSteps(ramp(), ["afm.row_median_align", ["afm.gaussian_filter", { sigma: 2 }]]);
  expect(namesOf(outcomes)).toEqual(["image", "processed/raw", "processed/step_1_row_median_align"]);
  const medians = arrayOf(outcomes, "processed/step_1_row_median_align").values;
  expect(medians.slice(0, 8)).toEqual([-0.75, -0.25, 0.25, 0.75, -0.75, -0.25, 0.25, 0.75]);
  // The last one is the image.
  expect(outcomes.dataset.imageStacks[0]?.layers).toEqual([
    { name: "raw", array: "processed/raw" },
    { name: "step_1_row_median_align", array: "processed/step_1_row_median_align" },
    { name: "step_2_gaussian_filter", array: "image" },
  ]);
});

test("nothing but the result is kept on request", async () => {
  const outcomes = await runSteps(ramp(), ["afm.remove_plane"], KeptLayers.KEPT_LAYERS_NONE);
  expect(namesOf(outcomes)).toEqual(["image"]);
  expect(outcomes.dataset.imageStacks[0]?.layers).toEqual([]);
});

test("the history tells each step with all its parameters, what it read and what it wrote", async () => {
  const { dataset } = await runSteps(ramp(), ["afm.remove_plane", "afm.gaussian_filter"]);
  expect(dataset.provenance?.steps).toMatchObject([
    {
      name: "afm.remove_plane",
      software: "sluice",
      parameters: {},
      input: "processed/raw",
      output: "processed/step_1_remove_plane",
    },
    {
      name: "afm.gaussian_filter",
      parameters: { sigma: 1 },
      input: "processed/step_1_remove_plane",
      output: "processed/step_2_gaussian_filter",
    },
  ]);
  expect(dataset.provenance?.steps[0]?.time).toBeInstanceOf(Date);
  expect(dataset.provenance?.environment).toMatchObject({ node: process.version });
});

test("the header after the steps is known without data, and sound", async () => {
  const plan = { steps: stepsOf(["afm.remove_plane"]), layers: KeptLayers.KEPT_LAYERS_ALL };
  const outlook = await analysis.check(ramp().header, plan);
  expect(outlook.problems).toEqual([]);
  expect(checkHeader(outlook.header!)).toEqual([]);
  expect(outlook.header?.arrays.map((array) => array.name)).toEqual(["image", "processed/raw"]);
});

test("an unknown parameter is refused with the names of those there are", async () => {
  expect(await fault(ramp(), [["afm.gaussian_filter", { sigmaa: 1 }]])).toMatchObject({
    reason: "OPTION_UNKNOWN",
    field: "afm.gaussian_filter.sigmaa",
    allowed: ["sigma"],
  });
});

test("an unknown step is refused with the nearest of those there are", async () => {
  const problem = await fault(ramp(), ["afm.remove_plan"]);
  expect(problem).toMatchObject({ reason: "STEP_UNKNOWN", field: "steps[0]", got: '"afm.remove_plan"' });
  expect(problem.remedy).toMatch(/^Did you mean afm\.remove_plane\? `sluice steps` lists/);
  expect((await fault(ramp(), ["nothing.near.this"])).remedy).toMatch(/^`sluice steps` lists/);
});

test("a dataset without images is refused", async () => {
  const stream = memoryStream([{ name: "times", dataType: "float64", shape: [3], data: new Float64Array(3) }]);
  expect(await fault(stream, ["afm.remove_plane"])).toMatchObject({ reason: "IMAGE_MISSING" });
});

test("a frame that is too small for the fit is refused before the first frame", async () => {
  const stream = memoryStream([{ name: "image", dataType: "float32", shape: [1, 1, 2], data: new Float32Array(2) }], {
    imageStack: {},
  });
  expect(await fault(stream, ["afm.remove_plane"])).toMatchObject({ reason: "FRAME_TOO_SMALL", got: "2 pixels" });
});

function fault(stream: DatasetStream, calls: readonly Call[]) {
  const plan = { steps: stepsOf(calls), layers: KeptLayers.KEPT_LAYERS_ALL };
  return problemOf(() => analysis.apply(stream, plan, new AbortController().signal));
}

test("masks are joined until they are cleared", async () => {
  const data = Float64Array.from([0, 0, 0, 8, -8, 0]);
  const stream = () =>
    memoryStream([{ name: "image", dataType: "float64", shape: [1, 1, 6], data }], { imageStack: {} });
  const high: Call = ["afm.mask_threshold", { threshold: 1 }];
  const low: Call = ["afm.mask_below_threshold", { threshold: -1 }];
  const outcomes = await runSteps(stream(), [high, low, "afm.zero_mean", "afm.clear_mask", high]);
  expect(arrayOf(outcomes, "masks/step_1_mask_threshold").values).toEqual([0, 0, 0, 1, 0, 0]);
  expect(arrayOf(outcomes, "masks/step_2_mask_threshold_mask_below_threshold").values).toEqual([0, 0, 0, 1, 1, 0]);
  expect(arrayOf(outcomes, "masks/step_5_mask_threshold").values).toEqual([0, 0, 0, 1, 0, 0]);
  expect(outcomes.dataset.imageStacks[0]?.maskArrays).toEqual([
    "masks/step_1_mask_threshold",
    "masks/step_2_mask_threshold_mask_below_threshold",
    "masks/step_5_mask_threshold",
  ]);
  expect(arrayOf(outcomes, "image").values).toEqual([...data]);
});

test("the active mask turns with the frame", async () => {
  const data = Float64Array.from([9, 9, 1, 3]);
  const stream = memoryStream([{ name: "image", dataType: "float64", shape: [1, 2, 2], data }], { imageStack: {} });
  const outcomes = await runSteps(stream, [
    ["afm.mask_threshold", { threshold: 5 }],
    "afm.vertical_flip",
    "afm.zero_mean",
  ]);
  expect(arrayOf(outcomes, "image").values).toEqual([-1, 1, 7, 7]);
});

test("numbers go on after those of an earlier chain, and its raw layer stays", async () => {
  const first = await runSteps(ramp(), ["afm.remove_plane"]);
  const arrays = namesOf(first)
    .map((name) => arrayOf(first, name))
    .map(({ spec, shape, values }) => ({
      name: spec.name,
      dataType: "float32" as const,
      shape,
      data: Float32Array.from(values),
    }));
  const { layers } = first.dataset.imageStacks[0]!;
  expect(layers[1]).toEqual({ name: "step_1_remove_plane", array: "image" });
  const second = await runSteps(memoryStream(arrays, { imageStack: { layers } }), ["afm.zero_mean"]);
  expect(second.dataset.imageStacks[0]?.layers).toEqual([
    { name: "raw", array: "processed/raw" },
    { name: "step_1_remove_plane", array: "processed/step_1_remove_plane" },
    { name: "step_2_zero_mean", array: "image" },
  ]);
  expect(arrayOf(second, "processed/step_1_remove_plane").values).toEqual(arrayOf(first, "image").values);
  expect(arrayOf(second, "processed/raw").values).toEqual(arrayOf(first, "processed/raw").values);
});

test("a stream that ends early ends early, one with holes is refused", async () => {
  const spec = { fillValue: new Uint8Array(4) };
  const array = { name: "image", dataType: "float32" as const, shape: [4, 2, 2], data: new Float32Array(16), spec };
  const { header, frames } = memoryStream([array], { imageStack: {} });
  const without = (dropped: number): DatasetStream => ({
    header,
    frames: (async function* () {
      let index = 0;
      for await (const frame of frames) if (index++ !== dropped) yield frame;
    })(),
  });
  expect(arrayOf(await runSteps(without(3), ["afm.zero_mean"]), "image").shape).toEqual([3, 2, 2]);
  expect(await problemOf(() => runSteps(without(1), ["afm.zero_mean"]))).toMatchObject({ reason: "FRAMES_MISSING" });
});

test("results do not depend on how the stream is cut, nor on whether its length is known", async () => {
  const data = Float32Array.from({ length: 5 * 6 * 7 }, (_, index) => Math.sin(index * index));
  const calls: Call[] = ["afm.row_median_align", "afm.mask_mean_offset", "afm.remove_plane", "afm.gaussian_filter"];
  const movie = (chunking: readonly number[], unknownLength: boolean) =>
    memoryStream([{ name: "image", dataType: "float32", shape: [5, 6, 7], data }], {
      imageStack: {},
      chunking,
      unknownLength,
    });
  const whole = await runSteps(movie([1, 6, 7], false), calls);
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 7 })),
      fc.boolean(),
      async (chunking, unknownLength) => {
        const outcomes = await runSteps(movie(chunking, unknownLength), calls);
        for (const [name, { data: values, shape }] of whole.arrays) {
          expect(arrayOf(outcomes, name)).toMatchObject({ data: values, shape });
        }
      },
    ),
    { numRuns: 25 },
  );
});
