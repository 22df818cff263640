import { expect, test } from "@jest/globals";
import { memoryStream, problemOf } from "@sluice/core/testing";
import { KeptLayers } from "@sluice/proto";
import { analysis } from "./formats.ts";
import { changesPixels, parseSteps } from "./steps.ts";

test("reads names and parameters; values are JSON where they can be", () => {
  expect(
    parseSteps([
      "afm.remove_plane",
      "afm.gaussian_filter:sigma=1.5",
      'x.y:indices=[1,3],mode=pad,name="a,b",on=true',
      "afm.drop_frames:indices_to_drop=0-3+7",
    ]),
  ).toEqual([
    { name: "afm.remove_plane", parameters: {} },
    { name: "afm.gaussian_filter", parameters: { sigma: 1.5 } },
    { name: "x.y", parameters: { indices: [1, 3], mode: "pad", name: "a,b", on: true } },
    { name: "afm.drop_frames", parameters: { indices_to_drop: "0-3+7" } },
  ]);
});

test.each([":sigma=1", "afm.gaussian_filter:", "afm.gaussian_filter:sigma", "a.b:c=1,c=2"])(
  "refuses %s",
  async (text) => {
    expect(await problemOf(() => parseSteps([text]))).toMatchObject({ reason: "STEP_INVALID", got: text });
  },
);

test("masks and detections change no pixels", () => {
  expect(changesPixels(parseSteps(["afm.mask_threshold", "afm.clear_mask", "spikes.rates"]))).toBe(false);
  expect(changesPixels(parseSteps(["afm.mask_threshold", "afm.feature_detection", "afm.dbscan"]))).toBe(false);
  expect(changesPixels(parseSteps(["afm.mask_threshold", "afm.zero_mean"]))).toBe(true);
});

/** Steps that work on what an earlier one has found, and parameters without a default. */
const before: Readonly<Record<string, string>> = {
  "afm.particle_tracking": "afm.feature_detection",
  "afm.dbscan": "afm.feature_detection",
  "afm.k_means": "afm.feature_detection",
  "afm.x_means": "afm.feature_detection",
  "afm.intersection_crop": "afm.align_frames",
};
const parameters: Readonly<Record<string, object>> = {
  "afm.drop_frames": { indices_to_drop: [0] },
  "afm.drop_frame_range": { start: 0, end: 1 },
  "afm.k_means": { k: 1 },
  "afm.mask_morphological": { threshold: 1 },
  "afm.select_frames": { keep_indices: [0] },
};

test("every step on images is known for what it gives", async () => {
  const { header } = memoryStream(
    [{ name: "image", dataType: "float32", shape: [4, 32, 32], data: new Float32Array(4096) }],
    {
      imageStack: {},
    },
  );
  const names = (await analysis.steps()).map(({ name }) => name).filter((name) => name.startsWith("afm."));
  for (const name of names) {
    const steps = ["afm.mask_threshold", before[name] ?? [], name]
      .flat()
      .map((own) => ({ name: own, parameters: { ...parameters[own] } }));
    const outlook = await analysis.check(header, { steps, layers: KeptLayers.KEPT_LAYERS_ALL });
    expect({ name, problems: outlook.problems }).toEqual({ name, problems: [] });
    const output = outlook.header?.dataset.provenance?.steps.at(-1)?.output ?? "";
    expect({ name, changes: changesPixels([{ name, parameters: {} }]) }).toEqual({
      name,
      changes: output.startsWith("processed/"),
    });
  }
});
