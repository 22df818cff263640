import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { parsePythonJson, toAsciiJson } from "./json.ts";

test("what Python writes for numbers that JSON does not know is null, in texts it stays", () => {
  const text = String.raw`{"a": [NaN, -Infinity, Infinity, 1.5], "NaN": "NaN \" Infinity"}`;
  expect(parsePythonJson(text)).toEqual({ a: [null, null, null, 1.5], NaN: 'NaN " Infinity' });
});

test("is ASCII, whatever the texts are", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      const text = toAsciiJson(value);
      expect(text).toMatch(/^[\0-\u007e]*$/);
      expect(parsePythonJson(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
