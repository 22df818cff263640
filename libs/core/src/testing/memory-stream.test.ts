import { expect, test } from "@jest/globals";
import { asElements } from "../data-type.ts";
import { collect, cut, memoryStream } from "./memory-stream.ts";

const image = {
  name: "image",
  dataType: "uint16",
  shape: [2, 2, 3],
  data: Uint16Array.from({ length: 12 }, (_, index) => index),
} as const;

test("sends whole frames by default and describes the axes", async () => {
  const stream = memoryStream([image], { imageStack: {} });
  expect(stream.header.arrays[0]?.axes.map(({ name, size }) => [name, size])).toEqual([
    ["t", 2],
    ["y", 2],
    ["x", 3],
  ]);
  expect(stream.header.dataset.imageStacks[0]?.imageArray).toBe("image");
  const chunks = (await collect(stream.frames)).map((frame) => frame.content);
  expect(chunks).toHaveLength(2);
  const last = chunks[1];
  if (last?.$case !== "chunk") throw new Error("no chunk");
  expect([last.value.offset, last.value.shape]).toEqual([
    [1, 0, 0],
    [1, 2, 3],
  ]);
  expect([...asElements("uint16", last.value.data)]).toEqual([6, 7, 8, 9, 10, 11]);
});

test("leaves the length open until the array's end", async () => {
  const stream = memoryStream([image], { unknownLength: true, chunking: [2, 1, 2] });
  expect(stream.header.arrays[0]?.axes[0]?.size).toBeUndefined();
  const contents = (await collect(stream.frames)).map((frame) => frame.content);
  expect(contents.map((content) => content?.$case)).toEqual(["chunk", "chunk", "chunk", "chunk", "arrayEnd"]);
  expect(contents[4]?.value).toEqual({ arrayId: 1, shape: [2, 2, 3] });
});

test("cuts a box in C order", () => {
  expect([...asElements("uint16", cut(image, { offset: [0, 1, 1], shape: [2, 1, 2] }))]).toEqual([4, 5, 10, 11]);
});
