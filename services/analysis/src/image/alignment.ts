import { problem, SluiceError } from "@sluice/core";
import type { Problem, TableSpec } from "@sluice/proto";
import * as v from "valibot";
import type { Fit, Picture, Shift } from "../numeric/correlation.ts";
import { blur, gaussianKernel } from "../numeric/gaussian.ts";
import type { ImageItem } from "./image-item.ts";
import type { ImageOutline } from "./image-outline.ts";
import type { Measured } from "./image-step.ts";
import type { ItemSpool } from "./item-spool.ts";
import { type Window, windowed, withWindow } from "./placement.ts";
import type { PlaneSize } from "./plane.ts";
import { type NumberColumn, TableWriter, tableSpec, withTable } from "./table.ts";

const pixels = (least: number, description: string) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(least), v.description(description)));

/** Parameters that all alignments have. */
export const alignmentParameters = {
  mode: v.optional(
    v.pipe(
      v.picklist(["pad", "crop", "crop_square"]),
      v.description("pad: all of every frame, NaN about it. crop: what every frame covers. crop_square: square of it."),
    ),
    "pad",
  ),
  max_shift: pixels(0, "Farthest shift that is searched, in pixels; a quarter of each edge unless given."),
  max_jump: pixels(
    0,
    "Largest change of the shift from frame to frame, in pixels; a larger one gives way to the trend of the two before.",
  ),
  pre_filter_sigma: v.optional(
    v.pipe(
      v.number(),
      v.minValue(0),
      v.maxValue(1000),
      v.description("Gaussian blur of what is compared, in pixels; the frames themselves are not blurred."),
    ),
  ),
};

/** The checked parameters of an alignment. */
export interface AlignmentParameters {
  readonly mode: "pad" | "crop" | "crop_square";
  readonly max_shift?: number | undefined;
  readonly max_jump?: number | undefined;
  readonly pre_filter_sigma?: number | undefined;
}

/** Farthest shift in each direction. */
export function shiftLimit({ height, width }: PlaneSize, { max_shift: most }: AlignmentParameters): Shift {
  return { y: most ?? Math.floor(height / 4), x: most ?? Math.floor(width / 4) };
}

/** What speaks against the parameters. */
export function checkAlignment({ height, width }: PlaneSize, { max_shift: most = 0 }: AlignmentParameters): Problem[] {
  const edge = Math.min(height, width);
  if (most < edge) return [];
  return [
    problem({
      reason: "OPTION_INVALID",
      message: "A frame that is shifted by its own edge does not meet the other any more.",
      field: "max_shift",
      got: String(most),
      allowed: [`0 to ${edge - 1}`],
      remedy: "Give a shorter limit, or leave it out for a quarter of the edges.",
    }),
  ];
}

/** What is compared of a frame. */
export function comparison({ height, width }: PlaneSize, { pre_filter_sigma: sigma }: AlignmentParameters) {
  if (sigma === undefined) return (data: Float64Array): Picture => ({ data, height, width });
  const kernel = gaussianKernel(sigma);
  const scratch = new Float64Array(height * width);
  return (data: Float64Array): Picture => ({ data: blur({ data, height, width }, kernel, scratch), height, width });
}

/** The next shift: where it jumps from the one before, the trend goes on instead; never beyond the limit. */
export function nextShift(
  before: readonly Shift[],
  found: Shift,
  limit: Shift,
  maximumJump: number | undefined,
): Shift {
  return {
    y: nextAlong("y", before, found, limit, maximumJump),
    x: nextAlong("x", before, found, limit, maximumJump),
  };
}

function nextAlong(
  axis: "y" | "x",
  before: readonly Shift[],
  found: Shift,
  limit: Shift,
  maximumJump = Number.POSITIVE_INFINITY,
): number {
  const last = before.at(-1)?.[axis];
  const lastButOne = before.at(-2)?.[axis];
  const change = last === undefined ? 0 : found[axis] - last;
  let next = found[axis];
  if (last !== undefined && Math.abs(change) > maximumJump) {
    next = last + (lastButOne === undefined ? Math.sign(change) * maximumJump : last - lastButOne);
  }
  return Math.max(-limit[axis], Math.min(limit[axis], next));
}

const shiftColumns: readonly NumberColumn[] = [
  { name: "frame", dataType: "int32", description: "Frame, from 0 on." },
  { name: "dy", dataType: "int32", unit: "pixel", description: "Rows that the frame was moved down by." },
  { name: "dx", dataType: "int32", unit: "pixel", description: "Columns that the frame was moved right by." },
  {
    name: "correlation",
    dataType: "float64",
    description: "Correlation with the reference at the shift that was found; NaN for a frame that was not compared.",
  },
];

/** Table of the shifts that an alignment found. */
export function shiftsTable({ header }: ImageOutline, key: string): TableSpec {
  return tableSpec(header, `${key}_shifts`, shiftColumns);
}

/** The image after an alignment, as large as it can become. */
export function alignedOutline(outline: ImageOutline, table: TableSpec, parameters: AlignmentParameters): ImageOutline {
  const limit = shiftLimit(outline, parameters);
  const shifts = parameters.mode === "pad" ? [limit, { y: -limit.y, x: -limit.x }] : [];
  return withWindow(withTable(outline, table), canvasOf(shifts, outline, parameters.mode));
}

/** The frames at their places, and the table of the shifts. */
export function placed(
  outline: ImageOutline,
  table: TableSpec,
  spool: ItemSpool,
  shifts: readonly Shift[],
  fits: readonly (Fit | undefined)[],
  mode: AlignmentParameters["mode"],
): Measured {
  const canvas = canvasOf(shifts, outline, mode);
  const windowAt = (index: number): Window => {
    const { y, x } = shifts[index] as Shift;
    return { ...canvas, top: canvas.top - y, left: canvas.left - x };
  };
  return {
    outline: withWindow(withTable(outline, table), canvas),
    items: withShifts(windowed(spool.drain(), outline, windowAt), new TableWriter(table), shifts, fits),
  };
}

async function* withShifts(
  items: AsyncIterable<ImageItem>,
  table: TableWriter,
  shifts: readonly Shift[],
  fits: readonly (Fit | undefined)[],
): AsyncGenerator<ImageItem> {
  for (let first = 0; first < shifts.length; first += 4096) {
    const rows = shifts.slice(first, first + 4096).map(({ y, x }, index) => {
      const score = fits[first + index]?.score ?? Number.NaN;
      return [first + index, y, x, Number.isFinite(score) ? score : Number.NaN];
    });
    for (const frame of table.batch(rows)) yield { kind: "other", frame };
  }
  yield* items;
}

/** The canvas in the pixels of a frame that is not shifted. */
function canvasOf(shifts: readonly Shift[], { height, width }: PlaneSize, mode: AlignmentParameters["mode"]): Window {
  const rows = extent(
    shifts.map(({ y }) => y),
    height,
    mode,
  );
  const columns = extent(
    shifts.map(({ x }) => x),
    width,
    mode,
  );
  if (mode !== "crop_square")
    return { top: rows.first, left: columns.first, height: rows.length, width: columns.length };
  return centredSquare({ top: rows.first, left: columns.first, height: rows.length, width: columns.length });
}

/** The largest square about the middle of a window. */
export function centredSquare({ top, left, height, width }: Window): Window {
  const edge = Math.min(height, width);
  return {
    top: top + Math.floor((height - edge) / 2),
    left: left + Math.floor((width - edge) / 2),
    height: edge,
    width: edge,
  };
}

function extent(shifts: readonly number[], length: number, mode: AlignmentParameters["mode"]) {
  const least = shifts.reduce((value, shift) => Math.min(value, shift), shifts[0] ?? 0);
  const most = shifts.reduce((value, shift) => Math.max(value, shift), shifts[0] ?? 0);
  if (mode === "pad") return { first: least, length: length + most - least };
  const common = length - (most - least);
  if (common > 0) return { first: most, length: common };
  throw new SluiceError({
    reason: "ALIGNMENT_WITHOUT_OVERLAP",
    message: "The frames were shifted so far apart that no pixel is covered by all of them.",
    field: "mode",
    got: `shifts from ${least} to ${most} of ${length} pixels`,
    remedy: "Use mode=pad, or a shorter max_shift.",
  });
}
