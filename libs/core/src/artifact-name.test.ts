import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { nameFault, requireStem, stemOf } from "./artifact-name.ts";

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
  ["a.", "a"],
  ["a. .", "a"],
  ["CON", "_CON"],
  ["nul.2026", "_nul.2026"],
  [`nul.${"x".repeat(300)}`, `_nul.${"x".repeat(195)}`],
  [".x.part", "_.x.part"],
  ["\ud800", "_"],
  ["x".repeat(201), "x".repeat(199)],
  ["\u{1F9EA}".repeat(64), "\u{1F9EA}".repeat(57)],
])("%j is refused when given, and becomes %j when derived", (name, derived) => {
  expect(() => requireStem(name, "delivery.name")).toThrow("NAME_INVALID (delivery.name)");
  expect(stemOf(name)).toBe(derived);
});

test("whatever a stem is derived from, it can be given", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      const stem = stemOf(text);
      expect(requireStem(stem, "name")).toBe(stem);
      expect(nameFault(`${stem}_filtered.receipt.json`)).toBeUndefined();
    }),
  );
});
