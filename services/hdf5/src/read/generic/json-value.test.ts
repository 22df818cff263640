import { expect, test } from "@jest/globals";
import { nested } from "./json-value.ts";

test("elements become lists inside lists; a damaged length without elements costs nothing", () => {
  expect(nested([1, 2, 3, 4], [2, 2])).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect([nested([7], []), nested([], []), nested([], [3, 0])]).toEqual([7, null, []]);
  expect(nested([], [2 ** 52, 0])).toEqual([]);
});
