import { expect, test } from "@jest/globals";
import { Provenance } from "@sluice/proto";
import { checkHeader } from "./header.ts";
import { rawStream } from "./raw-stream.ts";
import { collect, type MemoryArray, memoryStream, problemOf } from "./testing/index.ts";

const movie = (name: string, frames: number, times: string): MemoryArray => ({
  name,
  dataType: "uint8",
  shape: [frames, 1, 2],
  data: new Uint8Array(frames * 2).fill(frames),
  axes: [{ name: "t", coordinatesArray: times }, "y", "x"],
});
const times = (name: string, frames: number): MemoryArray => ({
  name,
  dataType: "float64",
  shape: [frames],
  data: Float64Array.from({ length: frames }, (_, index) => index * 2),
});
const provenance = Provenance.fromPartial({
  steps: [
    { name: "acquisition" },
    { name: "afm.drop_frames", input: "processed/raw", output: "processed/step_1_drop_frames" },
    { name: "afm.clear_mask" },
  ],
});

test("the raw layer becomes the image, with its own times and the history before the steps", async () => {
  const stream = rawStream(
    memoryStream(
      [
        movie("image", 2, "timestamps"),
        times("timestamps", 2),
        times("timestamps_before_edit", 3),
        movie("processed/raw", 3, "timestamps_before_edit"),
        movie("processed/step_1_drop_frames", 2, "timestamps"),
      ],
      {
        imageStack: {
          layers: [
            { name: "raw", array: "processed/raw" },
            { name: "step_1_drop_frames", array: "processed/step_1_drop_frames" },
          ],
        },
        dataset: { provenance },
      },
    ),
  );
  expect(checkHeader(stream.header)).toEqual([]);
  expect(stream.header.arrays.map(({ name, axes }) => [name, axes[0]?.size, axes[0]?.coordinatesArray])).toEqual([
    ["timestamps_before_edit", 3, ""],
    ["image", 3, "timestamps_before_edit"],
  ]);
  expect(stream.header.dataset.imageStacks[0]).toMatchObject({ imageArray: "image", layers: [] });
  expect(stream.header.dataset.provenance?.steps.map((step) => step.name)).toEqual(["acquisition"]);
  const chunks = (await collect(stream.frames)).flatMap(({ content }) =>
    content?.$case === "chunk" ? content.value : [],
  );
  expect(chunks.map(({ arrayId }) => arrayId)).toEqual([3, 3, 3, 4, 4, 4]);
  expect(chunks[3]?.data).toEqual(new Uint8Array([3, 3]));
});

test("what was never processed is raw as it is; what was, without its raw data, is refused", async () => {
  const plain = memoryStream([movie("image", 2, "")], { imageStack: {} });
  expect(rawStream(plain)).toBe(plain);
  const processed = memoryStream([movie("image", 2, "")], { imageStack: {}, dataset: { provenance } });
  expect(await problemOf(() => rawStream(processed))).toMatchObject({ reason: "RAW_MISSING", got: "no layers" });
});
