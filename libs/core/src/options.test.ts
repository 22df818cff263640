import { expect, test } from "@jest/globals";
import * as v from "valibot";
import { parseOptions } from "./options.ts";

const schema = v.strictObject({
  codec: v.optional(v.picklist(["deflate", "none"])),
  big: v.optional(v.union([v.literal("auto"), v.boolean()])),
  level: v.optional(v.pipe(v.number(), v.integer(), v.maxValue(9))),
  shape: v.optional(v.array(v.number())),
  color: v.optional(v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/, "#rrggbb"))),
  threshold: v.number(),
});

test.each([
  ["codec", "lzw", '"lzw"', ["deflate", "none"]],
  ["big", 1, "1", ["auto", "true or false"]],
  ["level", "a", '"a"', ["a number"]],
  ["level", 1.5, "1.5", ["an integer"]],
  ["level", 10, "10", ["<=9"]],
  ["level", Number.NaN, "NaN", ["a number"]],
  ["shape", 5, "5", ["a list"]],
  ["shape", { a: "x".repeat(100) }, `{"a":"${"x".repeat(74)}...`, ["a list"]],
  ["color", "red", '"red"', ["#rrggbb"]],
])("%s of %j is refused in words for people", (name, value, got, allowed) => {
  const { problems } = parseOptions(schema, { threshold: 1, [name]: value }, "options");
  expect(problems).toMatchObject([{ reason: "OPTION_INVALID", field: `options.${name}`, got, allowed }]);
});

test("what is missing and what nobody knows have reasons of their own", () => {
  const { problems } = parseOptions(schema, { treshold: 1 }, "options");
  expect(problems).toMatchObject([
    { reason: "OPTION_MISSING", field: "options.threshold", got: "nothing", remedy: "Give it a value." },
    { reason: "OPTION_UNKNOWN", field: "options.treshold", allowed: Object.keys(schema.entries) },
  ]);
});
