import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { entriesOf, mapOf, parseValue, toJson, valueText } from "./annotation.ts";

test("texts stand as they are; what would be taken for JSON is quoted", () => {
  expect(valueText("Anonymous, 21 \u00b5m")).toBe("Anonymous, 21 \u00b5m");
  expect(valueText("12")).toBe('"12"');
  expect(valueText("true")).toBe('"true"');
  expect(valueText("a\u0000")).toBe('"a\\u0000"');
  expect(valueText({ gain: [1, 2.5] })).toBe('{"gain":[1,2.5]}');
});

test("no entries, no annotation", () => {
  expect(mapOf("urn:x", undefined)).toEqual([]);
  expect(mapOf("urn:x", {})).toEqual([]);
});

test("every JSON value comes back, under every key", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), (record) => {
      const entries = JSON.parse(JSON.stringify(record)) as Record<string, unknown>;
      const [annotation] = mapOf("urn:x", entries);
      const pairs = annotation && "pairs" in annotation ? annotation.pairs : [];
      expect(entriesOf(pairs)).toEqual(entries);
    }),
  );
  expect(parseValue(valueText(-0.1))).toBe(-0.1);
  expect(toJson("\u00e9\u2028")).toBe('"\\u00e9\\u2028"');
});
