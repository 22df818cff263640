import { expect, test } from "@jest/globals";
import { problemOf } from "@sluice/core/testing";
import { changesPixels, parseSteps } from "./steps.ts";

test("reads names and parameters; values are JSON where they can be", () => {
  expect(
    parseSteps(["afm.remove_plane", "afm.gaussian_filter:sigma=1.5", 'x.y:indices=[1,3],mode=pad,name="a,b",on=true']),
  ).toEqual([
    { name: "afm.remove_plane", parameters: {} },
    { name: "afm.gaussian_filter", parameters: { sigma: 1.5 } },
    { name: "x.y", parameters: { indices: [1, 3], mode: "pad", name: "a,b", on: true } },
  ]);
});

test.each([":sigma=1", "afm.gaussian_filter:", "afm.gaussian_filter:sigma", "a.b:c=1,c=2"])(
  "refuses %s",
  async (text) => {
    expect(await problemOf(() => parseSteps([text]))).toMatchObject({ reason: "STEP_INVALID", got: text });
  },
);

test("masks change no pixels", () => {
  expect(changesPixels(parseSteps(["afm.mask_threshold", "afm.clear_mask"]))).toBe(false);
  expect(changesPixels(parseSteps(["afm.mask_threshold", "afm.zero_mean"]))).toBe(true);
});
