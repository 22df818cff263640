import { expect, test } from "@jest/globals";
import { nearestName } from "./nearest-name.ts";

test.each([
  ["SLUICE_PROT", "SLUICE_PORT"],
  ["SLUICE_OUTPUTROOT", "SLUICE_OUTPUT_ROOT"],
  ["TOKENS", undefined],
])("%s is meant as %s", (wrong, meant) => {
  expect(nearestName(wrong, ["SLUICE_HOST", "SLUICE_PORT", "SLUICE_OUTPUT_ROOT"])).toBe(meant);
});
