import { expect, test } from "@jest/globals";
import { didYouMean } from "./nearest-names.ts";

test.each([
  ["SLUICE_PROT", "Did you mean SLUICE_PORT?"],
  ["SLUICE_OUTPUTROOT", "Did you mean SLUICE_OUTPUT_ROOT?"],
  ["TOKENS", undefined],
])("%s: %s", (wrong, meant) => {
  expect(didYouMean(wrong, ["SLUICE_HOST", "SLUICE_PORT", "SLUICE_OUTPUT_ROOT"], 1)).toBe(meant);
});

test.each([
  ["afm.remove_plan", "Did you mean afm.remove_plane?"],
  ["remove_plane", "Did you mean afm.remove_plane?"],
  ["treshold", "Did you mean spikes.threshold?"],
  ["spikes.rate", "Did you mean spikes.rates or spikes.raster?"],
  ["zero_meam", "Did you mean afm.zero_mean, afm.zero_median or afm.zero_min?"],
  ["fourier", undefined],
])("several are named, the nearest first, with their family or without: %s", (wrong, meant) => {
  const names = ["afm.remove_plane", "spikes.rates", "spikes.raster", "spikes.threshold"];
  const zeros = ["afm.zero_median", "afm.zero_mean", "afm.zero_min", "afm.zero_modes"];
  expect(didYouMean(wrong, [...names, ...zeros], 3)).toBe(meant);
});
