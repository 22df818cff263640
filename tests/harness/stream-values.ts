import { createHash } from "node:crypto";
import {
  asElements,
  copyBox,
  type DatasetStream,
  type DataType,
  elementCount,
  imageOf,
  itemSize,
  wholeBox,
} from "@sluice/core";
import type { ArraySpec } from "@sluice/proto";

const nanometers: Readonly<Record<string, number>> = { nanometer: 1, micrometer: 1e3, millimeter: 1e6, meter: 1e9 };
const seconds: Readonly<Record<string, number>> = { second: 1, millisecond: 1e-3, microsecond: 1e-6, minute: 60 };

/** Drained values of a stream's arrays, by name: little-endian bytes in C order. */
export async function arraysOf(stream: DatasetStream): Promise<Map<string, Uint8Array>> {
  const parts = new Map<string, Uint8Array>();
  const specs = new Map(stream.header.arrays.map((array) => [array.arrayId, array]));
  for await (const { content } of stream.frames) {
    if (content?.$case !== "chunk") continue;
    const array = specs.get(content.value.arrayId) as ArraySpec;
    const shape = array.axes.map(({ size }) => size as number);
    const itemBytes = itemSize[array.dataType as DataType];
    const whole = {
      box: wholeBox(shape),
      data: parts.get(array.name) ?? new Uint8Array(elementCount(shape) * itemBytes),
    };
    copyBox({ box: content.value, data: content.value.data }, whole, itemBytes);
    parts.set(array.name, whole.data);
  }
  return parts;
}

/** SHA-256 of bytes, in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** [x, y] of the image's pixels in nanometers. */
export function pixelSizeNm(stream: DatasetStream): (number | undefined)[] {
  const axes = imageOf(stream.header)?.array.axes ?? [];
  return ["x", "y"].map((name) => {
    const axis = axes.find((candidate) => candidate.name === name);
    return axis?.scale === undefined ? undefined : axis.scale * (nanometers[axis.unit] ?? Number.NaN);
  });
}

/** Times of the image's frames in seconds; undefined when the stream does not say. */
export function frameTimes(stream: DatasetStream, arrays: ReadonlyMap<string, Uint8Array>): number[] | undefined {
  const axis = imageOf(stream.header)?.array.axes.find(({ name }) => name === "t");
  if (!axis) return undefined;
  const unit = seconds[axis.unit] ?? Number.NaN;
  if (axis.coordinatesArray !== "") {
    const spec = stream.header.arrays.find(({ name }) => name === axis.coordinatesArray);
    const bytes = arrays.get(axis.coordinatesArray);
    if (!spec || !bytes) return undefined;
    const values = asElements(spec.dataType as "float64", bytes);
    return Array.from(values, (value) => value * unit);
  }
  const { scale, origin } = axis;
  if (scale === undefined) return undefined;
  return Array.from({ length: axis.size ?? 0 }, (_, index) => (origin + index * scale) * unit);
}
