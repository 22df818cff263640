import { expect, test } from "@jest/globals";
import { memoryStream } from "./testing/index.ts";
import { digestsOf, verify } from "./verify.ts";

const frames = (change?: number) => {
  const data = Uint16Array.from({ length: 20 * 6 }, (_, index) => index);
  if (change !== undefined) data[change] = 9999;
  return memoryStream([{ name: "image", dataType: "uint16", shape: [20, 2, 3], data }]);
};

test("equal values verify, whatever the chunks", async () => {
  const expected = await digestsOf(frames());
  const chunked = memoryStream(
    [{ name: "image", dataType: "uint16", shape: [20, 2, 3], data: Uint16Array.from({ length: 120 }, (_, i) => i) }],
    { chunking: [3, 1, 2] },
  );
  expect(await verify(expected, chunked, "memory")).toEqual({ equal: true, loader: "memory", differences: [] });
});

test("a changed value is found in its frame", async () => {
  const expected = await digestsOf(frames());
  const result = await verify(expected, frames(7 * 6 + 2), "memory");
  expect(result).toMatchObject({ equal: false, differences: [{ array: "image", frames: [7], count: 1 }] });
});

test("an array that is not there, or no digest at all, is not equal", async () => {
  const other = [{ name: "other", dataType: "uint8", shape: [1], data: Uint8Array.of(1) }] as const;
  const expected = await digestsOf(frames());
  const missing = await verify(expected, memoryStream([...other]), "memory");
  expect(missing.differences).toMatchObject([{ array: "image", count: 20 }]);
  const unproved = await verify([], frames(), "memory");
  expect(unproved).toMatchObject({
    equal: false,
    differences: [{ message: expect.stringContaining("nothing to compare") }],
  });
});

test("long 1-D arrays are digested in pieces", async () => {
  const data = Float64Array.from({ length: 200_000 }, (_, index) => index / 7);
  const stream = memoryStream([{ name: "t", dataType: "float64", shape: [200_000], data }], { chunking: [70_000] });
  const [digest] = await digestsOf(stream);
  expect(digest).toMatchObject({ shape: [200_000], framesPerLeaf: 4 });
});
