import { chunkFrame, type DatasetStream, headerFrames, payloadBytes } from "@sluice/core";
import { ArraySpec, DatasetSpec, ExportOpen, type Frame } from "@sluice/proto";
import { encodeFrame, encodeOpen } from "../frame-codec.ts";

/** An opening message with one branch, delivered inline. */
export function openOf(jobId = "00000000-0000-4000-8000-000000000001"): ExportOpen {
  return ExportOpen.create({
    jobId,
    branches: [{ branchId: "tiff", format: "ome-tiff", delivery: { target: { $case: "inline", value: {} } } }],
  });
}

/** A stream of `count` chunks of `size` bytes, each filled with its index. `onFrame` is told of each as it is taken. */
export function streamOf(count: number, size: number, onFrame?: (index: number) => void): DatasetStream {
  return {
    header: {
      dataset: DatasetSpec.create({ name: "test" }),
      arrays: [
        ArraySpec.create({ arrayId: 1, name: "image", dataType: "uint8", axes: [{ name: "t" }, { name: "x", size }] }),
      ],
      tables: [],
    },
    frames: chunks(count, size, onFrame),
  };
}

async function* chunks(count: number, size: number, onFrame?: (index: number) => void): AsyncGenerator<Frame> {
  for (let index = 0; index < count; index += 1) {
    onFrame?.(index);
    yield chunkOf(index, size);
  }
}

/** A frame that holds one chunk filled with its index. */
export function chunkOf(index: number, size: number): Frame {
  return chunkFrame({ arrayId: 1, offset: [index, 0], shape: [1, size], data: new Uint8Array(size).fill(index) });
}

/** The messages of a whole call: opening, dataset, array, chunks of 8 bytes, end. */
export function messagesOf(chunkCount: number): Buffer[] {
  const { header } = streamOf(0, 8);
  const frames = [...headerFrames(header), ...Array.from({ length: chunkCount }, (_, index) => chunkOf(index, 8))];
  const bytes = frames.reduce((sum, frame) => sum + payloadBytes(frame), 0);
  const end: Frame = {
    sequence: 0,
    content: { $case: "streamEnd", value: { frames: frames.length, bytes, warnings: [] } },
  };
  return [encodeOpen(openOf()), ...[...frames, end].map((frame, index) => encodeFrame(frame, index + 1))];
}
