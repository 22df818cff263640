import { expect, test } from "@jest/globals";
import { toMicrometers, toNanometers, toSeconds } from "./units.ts";

test("lengths become micrometers as a decimal calculation would give them", () => {
  expect(toMicrometers(0.5, "nanometer")).toBe(0.0005);
  expect(toMicrometers(1.171875, "nm")).toBe(0.001171875);
  expect(toMicrometers(0.1, "um")).toBe(0.1);
  expect(toMicrometers(0.3, "micrometers")).toBe(0.3);
  expect(toMicrometers(3, "angstrom")).toBe(0.0003);
  expect(toMicrometers(1.5e-7, "meter")).toBe(0.15);
  expect(toMicrometers(2, "mm")).toBe(2000);
  expect(toMicrometers(7, "pm")).toBe(0.000007);
});

test("lengths become nanometers", () => {
  expect(toNanometers(1.171875, "nanometer")).toBe(1.171875);
  expect(toNanometers(0.0005, "um")).toBe(0.5);
  expect(toNanometers(3, "angstrom")).toBe(0.3);
  expect(toNanometers(1.5e-7, "m")).toBe(150);
  expect(toNanometers(2, "second")).toBeUndefined();
});

test("times become seconds", () => {
  expect(toSeconds(3275, "ms")).toBe(3.275);
  expect(toSeconds(3.275, "second")).toBe(3.275);
  expect(toSeconds(1, "minute")).toBe(60);
  expect(toSeconds(2, "h")).toBe(7200);
  expect(toSeconds(5, "microseconds")).toBe(0.000005);
});

test("a unit of another kind is no length and no time", () => {
  for (const unit of ["", "pixel", "second", "volt"]) expect(toMicrometers(1, unit)).toBeUndefined();
  for (const unit of ["", "frame", "m", "nm"]) expect(toSeconds(1, unit)).toBeUndefined();
});
