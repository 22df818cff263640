import { readFileSync } from "node:fs";
import { chunkFrame, type DatasetStream } from "@sluice/core";
import { ArraySpec, AxisType, DatasetSpec, type Frame } from "@sluice/proto";

/** Rows and columns of every frame of the benchmarks. */
export const frameEdge = 512;

/** A stack of `count` frames that repeats the frames of a raw file: made in no time, so that only the writing counts. */
export function repeatedStack(rawPath: string, dataType: "uint16" | "float32", count: number): DatasetStream {
  const pool = readFileSync(rawPath);
  const frameBytes = frameEdge * frameEdge * (dataType === "uint16" ? 2 : 4);
  const distinct = pool.length / frameBytes;
  async function* frames(): AsyncGenerator<Frame> {
    for (let index = 0; index < count; index++) {
      const start = (index % distinct) * frameBytes;
      yield chunkFrame({
        arrayId: 1,
        offset: [index, 0, 0],
        shape: [1, frameEdge, frameEdge],
        crc32c: undefined,
        data: pool.subarray(start, start + frameBytes),
      });
    }
  }
  return { header: headerOf(dataType, [count, frameEdge, frameEdge]), frames: frames() };
}

/** A stream of `count` chunks of so many bytes each. */
export function byteStream(chunkBytes: number, count: number): DatasetStream {
  const payloads = Array.from({ length: 16 }, (_, value) => new Uint8Array(chunkBytes).fill(value));
  async function* frames(): AsyncGenerator<Frame> {
    for (let index = 0; index < count; index++) {
      const data = payloads[index % payloads.length]!;
      yield chunkFrame({ arrayId: 1, offset: [index, 0, 0], shape: [1, 1, chunkBytes], crc32c: undefined, data });
    }
  }
  return { header: headerOf("uint8", [count, 1, chunkBytes]), frames: frames() };
}

function headerOf(dataType: string, [t, y, x]: readonly [number, number, number]) {
  const space = { type: AxisType.AXIS_TYPE_SPACE, unit: "nanometer", scale: 1 };
  const axes = [
    { name: "t", type: AxisType.AXIS_TYPE_TIME, size: t, unit: "second", scale: 1 },
    { name: "y", size: y, ...space },
    { name: "x", size: x, ...space },
  ];
  return {
    dataset: DatasetSpec.fromPartial({ name: "bench", imageStacks: [{ imageArray: "image" }] }),
    arrays: [ArraySpec.fromPartial({ arrayId: 1, name: "image", dataType, axes })],
    tables: [],
  };
}
