import { expect, test } from "@jest/globals";
import { KeptLayers } from "@sluice/proto";
import { arrayOf, type Call, type Outcome, rowsIn, runSteps } from "./testing/run.ts";
import { type Golden, goldens, movieGoldens, numbersOf, sample, samplesMissing } from "./testing/samples.ts";

const movies = ["h5jpk_height_trace_nm", "asd_TP_nm"] as const;
const whenThere = samplesMissing === "" ? test : test.skip;

/** What playNano's own code gives, and the steps that give the same here. */
const filters: readonly (readonly [string, readonly Call[]])[] = [
  ["row_median_align", ["afm.row_median_align"]],
  ["remove_plane", ["afm.remove_plane"]],
  ["polynomial_flatten_order1", [["afm.polynomial_flatten", { order: 1 }]]],
  ["polynomial_flatten_order2", ["afm.polynomial_flatten"]],
  ["polynomial_flatten_order3", [["afm.polynomial_flatten", { order: 3 }]]],
  ["zero_mean", ["afm.zero_mean"]],
  ["zero_median", ["afm.zero_median"]],
  ["gaussian_filter_sigma1.0", ["afm.gaussian_filter"]],
  ["gaussian_filter_sigma2.5", [["afm.gaussian_filter", { sigma: 2.5 }]]],
  ...["remove_plane", "polynomial_flatten", "row_median_align"].map(
    (name) =>
      [
        `${name}_masked_with_mask_mean_offset_on_remove_plane`,
        ["afm.remove_plane", "afm.mask_mean_offset", `afm.${name}`],
      ] as const,
  ),
];

const masks: readonly (readonly [string, Call])[] = [
  ["mask_threshold", ["afm.mask_threshold", { threshold: 2 }]],
  ["mask_below_threshold", ["afm.mask_below_threshold", { threshold: -2 }]],
  ["mask_mean_offset", "afm.mask_mean_offset"],
  ["mask_morphological", ["afm.mask_morphological", { threshold: 5 }]],
  ["mask_adaptive", ["afm.mask_adaptive", { offset: 0.5 }]],
];

for (const movie of movies) {
  for (const [golden, calls] of filters) {
    whenThere(`${golden} of ${movie} gives playNano's numbers${samplesMissing}`, async () => {
      const { arrays } = await runSteps(await sample(movie), calls, KeptLayers.KEPT_LAYERS_NONE);
      const { input, [golden]: expected } = goldens()[movie];
      expectNumbers(numbersOf(arrays.get("image") as Outcome), expected as Golden, scaleOf(input as Golden));
    });
  }
}

for (const movie of movies) {
  for (const [name, call] of masks) {
    whenThere(`${name} of ${movie} masks playNano's pixels${samplesMissing}`, async () => {
      const { shape, values } = arrayOf(
        await runSteps(await sample(movie), ["afm.remove_plane", call], KeptLayers.KEPT_LAYERS_RAW),
        `masks/step_2_${name}`,
      );
      const [frames = 0, height = 0, width = 0] = shape;
      const pixels = height * width;
      const counts = Array.from({ length: frames }, (_, frame) =>
        values.slice(frame * pixels, (frame + 1) * pixels).reduce((sum, value) => sum + value, 0),
      );
      const first = values.slice(0, pixels).indexOf(1);
      const golden = goldens()[movie][`${name}_on_remove_plane`] as Golden;
      expect(counts).toEqual(golden.true_per_frame);
      expect(first === -1 ? null : [Math.floor(first / width), first % width]).toEqual(golden.first_true_yx_frame0);
    });
  }
}

function scaleOf({ min, max }: Golden): number {
  return Math.max(Math.abs(min as number), Math.abs(max as number));
}

/** Equal to 1e-9 of the golden, or, for sums that should be nought, to what rounding the input can add up to. */
function expectNumbers(got: Golden, golden: Golden, scale: number): void {
  const [frames = 0, height = 0, width = 0] = golden.shape as readonly number[];
  const wrong = Object.entries(golden).filter(([key, value]) => {
    if (typeof value !== "number") return String(got[key]) !== String(value);
    const floor = key === "sum" ? frames * height * width * scale * 1e-12 : 1e-11;
    return !(Math.abs((got[key] as number) - value) <= Math.max(1e-9 * Math.abs(value), floor));
  });
  expect(wrong.map(([key, value]) => ({ key, golden: value, got: got[key] }))).toEqual([]);
}

whenThere(`features of the JPK sample are playNano's${samplesMissing}`, async () => {
  const calls: Call[] = ["afm.remove_plane", "afm.mask_mean_offset", "afm.feature_detection"];
  const outcomes = await runSteps(await sample("h5jpk_height_trace_nm"), calls, KeptLayers.KEPT_LAYERS_NONE);
  const rows = rowsIn(outcomes, "step_3_feature_detection");
  const golden = movieGoldens().feature_detection_h5jpk_remove_plane_mask_mean_offset1;
  expect(golden.counts.map((_, frame) => rows.filter((row) => row["frame"] === frame).length)).toEqual(golden.counts);
  for (const [index, feature] of golden.frame0_first3.entries()) {
    const { label, area, top, left, bottom, right, ...row } = rows[index] as Record<string, number>;
    expect({ label, area, bbox: [top, left, bottom, right] }).toEqual({
      label: feature.label,
      area: feature.area,
      bbox: feature.bbox,
    });
    const [y, x] = feature.centroid;
    for (const [name, value] of Object.entries({ y, x, min: feature.min, max: feature.max, mean: feature.mean })) {
      expect(Math.abs((row[name] as number) / (value as number) - 1)).toBeLessThan(1e-9);
    }
  }
});

whenThere(
  `shifts of the JPK sample are playNano's by its formula, near by a normalised one${samplesMissing}`,
  async () => {
    const golden = movieGoldens().align_frames_fft_shifts_h5jpk_remove_plane;
    const shiftsBy = async (parameters: object) => {
      const calls: Call[] = ["afm.remove_plane", ["afm.align_frames", { ...parameters }]];
      const outcomes = await runSteps(await sample("h5jpk_height_trace_nm"), calls, KeptLayers.KEPT_LAYERS_NONE);
      return rowsIn(outcomes, "step_2_align_frames_shifts").map(({ dy, dx }) => [dy, dx]);
    };
    const formula = { method: "fft_cross_correlation" };
    expect(await shiftsBy({ ...formula, max_shift: 5 })).toEqual(golden.max_shift5);
    // Without a limit, playNano's sum of products takes the second frame for one that moved half its edge.
    expect(await shiftsBy({ ...formula, max_shift: 127 })).toEqual(golden.shifts_dy_dx);
    // A coefficient within a quarter of the edges does not.
    expect(await shiftsBy({})).toEqual([
      [0, 0],
      [28, -11],
      [22, -13],
      [24, -9],
    ]);
  },
);
