import { expect, test } from "@jest/globals";
import { arrayOf, type Call, runSteps } from "./testing/run.ts";
import { type Golden, goldens, numbersOf, sample, samplesMissing } from "./testing/samples.ts";

const movies = ["h5jpk_height_trace_nm", "asd_TP_nm"] as const;
const whenThere = samplesMissing === "" ? test : test.skip;

/** What playNano's own code gives, and the steps that give the same here. */
const filters: readonly (readonly [string, readonly Call[]])[] = [
  ["row_median_align", ["afm.row_median_align"]],
  ["remove_plane", ["afm.remove_plane"]],
  ["gaussian_filter_sigma1.0", ["afm.gaussian_filter"]],
  ["gaussian_filter_sigma2.5", [["afm.gaussian_filter", { sigma: 2.5 }]]],
];

for (const movie of movies) {
  for (const [golden, calls] of filters) {
    whenThere(`${golden} of ${movie} gives playNano's numbers${samplesMissing}`, async () => {
      const outcome = arrayOf(await runSteps(await sample(movie), calls), "image");
      expectNumbers(numbersOf(outcome), goldens()[movie][golden] as Golden);
    });
  }
}

/** Equal to 1e-9 of the golden, or, for sums that should be nought, to what rounding the input can add up to. */
function expectNumbers(got: Golden, golden: Golden): void {
  const [frames = 0, height = 0, width = 0] = golden.shape as readonly number[];
  const scale = Math.max(Math.abs(golden.min as number), Math.abs(golden.max as number));
  const wrong = Object.entries(golden).filter(([key, value]) => {
    if (typeof value !== "number") return String(got[key]) !== String(value);
    const floor = key === "sum" ? frames * height * width * scale * 1e-12 : 1e-11;
    return !(Math.abs((got[key] as number) - value) <= Math.max(1e-9 * Math.abs(value), floor));
  });
  expect(wrong.map(([key, value]) => ({ key, golden: value, got: got[key] }))).toEqual([]);
}
