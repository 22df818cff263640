import { chunkFrame, type DatasetStream } from "@sluice/core";
import { ArraySpec, DatasetSpec, ExportOpen, type Frame } from "@sluice/proto";

/** An opening message with one branch, delivered inline. */
export function openOf(jobId = "00000000-0000-4000-8000-000000000001"): ExportOpen {
  return ExportOpen.create({
    jobId,
    branches: [{ branchId: "tiff", format: "ome-tiff", delivery: { target: { $case: "inline", value: {} } } }],
  });
}

/** A stream of `count` chunks of `size` bytes, each filled with its index. */
export function streamOf(count: number, size: number): DatasetStream {
  return {
    header: {
      dataset: DatasetSpec.create({ name: "test" }),
      arrays: [
        ArraySpec.create({ arrayId: 1, name: "image", dataType: "uint8", axes: [{ name: "t" }, { name: "x", size }] }),
      ],
      tables: [],
    },
    frames: chunks(count, size),
  };
}

async function* chunks(count: number, size: number): AsyncGenerator<Frame> {
  for (let index = 0; index < count; index += 1) {
    const data = new Uint8Array(size).fill(index);
    yield chunkFrame({ arrayId: 1, offset: [index, 0], shape: [1, size], data });
  }
}
