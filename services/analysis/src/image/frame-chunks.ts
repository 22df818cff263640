import { arrayEndFrame, asBytes, chunkFrame, type DataType, itemSize } from "@sluice/core";
import type { ArraySpec, Frame } from "@sluice/proto";

/** Largest payload of a chunk, in bytes. */
const maximumChunkBytes = 1024 * 1024;

/** Chunk shape of an array [frame, y, x]: whole frames, or bands of rows where a frame is larger than 1 MiB. */
export function frameChunkShape(array: Pick<ArraySpec, "axes" | "dataType">): number[] {
  const [, height = 1, width = 1] = array.axes.map((axis) => axis.size);
  const rowBytes = width * itemSize[array.dataType as DataType];
  return [1, Math.max(1, Math.min(height, Math.floor(maximumChunkBytes / rowBytes))), width];
}

/** One frame of an array [frame, y, x] of float64, float32 or bool as chunks; float32 is rounded to nearest. */
export function frameChunks(array: ArraySpec, index: number, data: Float64Array | Uint8Array): Frame[] {
  const bytes = asBytes(array.dataType === "float32" ? new Float32Array(data) : data);
  const [, rows = 1, width = 1] = array.chunkShape;
  const height = array.axes[1]?.size ?? 1;
  const rowBytes = bytes.length / height;
  const frames: Frame[] = [];
  for (let row = 0; row < height; row += rows) {
    const count = Math.min(rows, height - row);
    const band = bytes.subarray(row * rowBytes, (row + count) * rowBytes);
    frames.push(chunkFrame({ arrayId: array.arrayId, offset: [index, row, 0], shape: [1, count, width], data: band }));
  }
  return frames;
}

/** The end of an array [frame, y, x] that came to `frames` frames. */
export function framesEnd({ arrayId, axes }: ArraySpec, frames: number): Frame {
  return arrayEndFrame({ arrayId, shape: [frames, ...axes.slice(1).map((axis) => axis.size ?? 0)] });
}
