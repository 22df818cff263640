import { expect, test } from "@jest/globals";
import { requireStem, stemOf } from "./artifact-name.ts";

test.each(["run_1.5um", "Zelle Ä 3", ".hidden", "a"])("%j stays as it is", (name) => {
  expect(requireStem(name, "name")).toBe(name);
  expect(stemOf(name)).toBe(name);
});

test.each([
  ["", "sluice_export"],
  ["..", "sluice_export"],
  ["a/b", "a_b"],
  ["..\\x", ".._x"],
  ["a\u0000b", "a_b"],
  [" a ", "a"],
  ['<"|?*:>', "_______"],
])("%j is refused when given, and becomes %j when derived", (name, derived) => {
  expect(() => requireStem(name, "delivery.name")).toThrow("NAME_INVALID (delivery.name)");
  expect(stemOf(name)).toBe(derived);
});
