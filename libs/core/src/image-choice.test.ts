import { expect, test } from "@jest/globals";
import { chooseImageArray, emptinessOf } from "./image-choice.ts";
import { memoryStream } from "./testing/memory-stream.ts";

const plain = {
  name: "plain",
  dataType: "uint8",
  shape: [2, 2, 2],
  axes: ["a", "b", "c"],
  data: new Uint8Array(8),
} as const;
const movie = { name: "movie", dataType: "uint8", shape: [2, 2, 2], data: new Uint8Array(8) } as const;
const line = { name: "line", dataType: "uint8", shape: [2], data: new Uint8Array(2) } as const;
const last = (array: { axes: { name: string }[] }) => array.axes.at(-1)?.name === "x";

test("the named array, else the first image stack's", () => {
  const { header } = memoryStream([plain, movie], { imageStack: { imageArray: "movie" } });
  expect(chooseImageArray(header, undefined, last)).toMatchObject({ name: "movie" });
  expect(chooseImageArray(header, "plain", last)).toMatchObject({ name: "plain" });
  expect(chooseImageArray(header, "none", last)).toMatchObject({
    reason: "ARRAY_MISSING",
    field: "options.image",
    allowed: ["movie"],
  });
});

test.each([
  [[plain, movie], "Set image to one of movie."],
  [[plain], "Name the axes of the image where the file is read, by the loader's option axes (input.axes=tyx)."],
  [[line], "Choose a format for what the dataset holds."],
])("without an image the remedy fits the dataset", (arrays, remedy) => {
  const { header } = memoryStream(arrays);
  expect(chooseImageArray(header, undefined, last)).toMatchObject({ reason: "IMAGE_MISSING", remedy });
});

test("an image that is known to have no frame is told; one of unknown length may have some", () => {
  const none = { ...movie, shape: [0, 2, 2], data: new Uint8Array(0) };
  const problems = (unknownLength: boolean) => emptinessOf(memoryStream([none], { unknownLength }).header.arrays[0]!);
  expect(problems(false)).toMatchObject([{ reason: "IMAGE_EMPTY", field: "arrays.movie" }]);
  expect(problems(true)).toEqual([]);
});
