import type { RawOptions } from "@sluice/core";
import { memoryStream } from "@sluice/core/testing";
import { isOutline, outlineOf } from "../image/image-outline.ts";
import type { FrameFilter, FrameMask, ImageStep } from "../image/image-step.ts";
import type { Plane } from "../image/plane.ts";

/** Rows of numbers as a plane. */
export function planeOf(rows: readonly (readonly number[])[], mask?: readonly (readonly number[])[]): Plane {
  const [first = []] = rows;
  return {
    height: rows.length,
    width: first.length,
    data: Float64Array.from(rows.flat()),
    mask: mask && Uint8Array.from(mask.flat()),
  };
}

/** What a filter makes of a frame, row by row. */
export function filtered(step: ImageStep, plane: Plane, parameters: RawOptions = {}): number[][] {
  const work = workOf(step, plane, parameters);
  return rowsOf((work as { filter: FrameFilter }).filter(plane), plane.width);
}

/** The mask that a step makes of a frame, row by row. */
export function maskOf(step: ImageStep, plane: Plane, parameters: RawOptions = {}): number[][] {
  const work = workOf(step, plane, parameters);
  return rowsOf((work as { mask: FrameMask }).mask(plane), plane.width);
}

function workOf(step: ImageStep, { height, width, data }: Plane, parameters: RawOptions) {
  const stream = memoryStream([{ name: "image", dataType: "float64", shape: [1, height, width], data }], {
    imageStack: {},
  });
  const outline = outlineOf(stream.header);
  if (!isOutline(outline)) throw new Error(outline.message);
  const { work, problems } = step.plan(outline, parameters, { key: "step_1" });
  if (!work) throw new Error(problems.map((problem) => problem.reason).join(", "));
  return work;
}

function rowsOf(values: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) =>
    Array.from({ length: width }, (__, column) => values[row * width + column] as number),
  );
}
