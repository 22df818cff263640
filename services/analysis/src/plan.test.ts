import { expect, test } from "@jest/globals";
import { type DatasetStream, defineStep, problem, type Step } from "@sluice/core";
import { memoryStream, problemOf } from "@sluice/core/testing";
import { KeptLayers, MemoryClass } from "@sluice/proto";
import * as v from "valibot";
import { localAnalysis } from "./analysis.ts";
import { afmSteps } from "./steps/afm/index.ts";
import { type Call, gather, stepsOf } from "./testing/run.ts";

/** A step of another family: it puts its parameter into the records of the dataset. */
const note: Step = defineStep({
  name: "test.note",
  summary: "Notes a text.",
  version: "1.2.3",
  memory: MemoryClass.MEMORY_CLASS_PER_FRAME,
  parameters: v.strictObject({ text: v.optional(v.string(), "nothing") }),
  check: (_header, { text }) =>
    text === "" ? [problem({ reason: "TEXT_EMPTY", message: "The text is empty.", field: "test.note.text" })] : [],
  apply: ({ header, frames }, { text }) => ({
    header: { ...header, dataset: { ...header.dataset, records: { ...header.dataset.records, note: text } } },
    frames,
  }),
});
const analysis = localAnalysis([...afmSteps, note]);

const movie = () =>
  memoryStream(
    [{ name: "image", dataType: "float32", shape: [2, 2, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) }],
    {
      imageStack: {},
    },
  );

function apply(calls: readonly Call[]): Promise<DatasetStream> {
  const plan = { steps: stepsOf(calls), layers: KeptLayers.KEPT_LAYERS_ALL };
  return analysis.apply(movie(), plan, new AbortController().signal);
}

test("steps of all families mix; numbers count every step, the history holds defaults", async () => {
  const outcomes = await gather(await apply(["afm.zero_mean", "test.note", "afm.vertical_flip"]));
  expect(new Set(outcomes.arrays.keys())).toEqual(new Set(["image", "processed/raw", "processed/step_1_zero_mean"]));
  expect([...outcomes.arrays.get("image")!.data]).toEqual([0.5, 1.5, -1.5, -0.5, 0.5, 1.5, -1.5, -0.5]);
  expect(outcomes.dataset.records).toEqual({ note: "nothing" });
  expect(outcomes.dataset.provenance?.steps).toMatchObject([
    { name: "afm.zero_mean" },
    { name: "test.note", softwareVersion: "1.2.3", parameters: { text: "nothing" } },
    { name: "afm.vertical_flip", input: "processed/step_1_zero_mean" },
  ]);
});

test("a step of another family is checked before the first frame as well", async () => {
  expect(await problemOf(() => apply([["test.note", { txt: "a" }]]))).toMatchObject({
    reason: "OPTION_UNKNOWN",
    allowed: ["text"],
  });
  expect(await problemOf(() => apply(["afm.zero_mean", ["test.note", { text: "" }]]))).toMatchObject({
    reason: "TEXT_EMPTY",
  });
});
