import { expect, test } from "@jest/globals";
import { LossKind } from "@sluice/proto";
import { nonFiniteLosses } from "./loss.ts";

test("numbers that JSON does not know are counted by field, at any depth", () => {
  const losses = nonFiniteLosses({
    "dataset.metadata": { gain: Number.NaN, list: [1, { limit: Number.POSITIVE_INFINITY }] },
    "dataset.records": { name: "a", none: null },
  });
  expect(losses).toEqual([
    {
      kind: LossKind.LOSS_KIND_DROPPED,
      field: "dataset.metadata",
      message: "Numbers that JSON does not know (NaN, infinities) are written as null.",
      count: 2,
      maxError: undefined,
    },
  ]);
});
