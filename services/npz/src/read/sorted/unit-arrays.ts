import { chunkFrame, type DataType } from "@sluice/core";
import { unreadable } from "@sluice/npy";
import { ArraySpec, Axis, AxisType, type Frame } from "@sluice/proto";
import { raggedFrames } from "@sluice/spikes";
import type { FrameSource } from "../model.ts";
import { float64sOf, type PickledArray } from "../pickle/pickled-array.ts";
import { isDense, type UnitArrays } from "./sorted-units.ts";

/** An array of the dataset whose values stand in memory. */
export interface HeldArray {
  readonly spec: ArraySpec;
  readonly source: FrameSource;
}

/** Name of the array of templates. */
export const templatesName = "spikes/templates";

/** True where at least one unit has a value. */
export function hasElements({ rows }: UnitArrays): boolean {
  return rows.some((row) => row !== undefined && row.data.length > 0);
}

/**
 * The arrays of the units as one array of the dataset: dense where all have one shape, ragged for lists of any length.
 *
 * @throws SluiceError SORTED_UNITS_INVALID for shapes that are neither
 */
export function heldArray(array: UnitArrays, arrayId: number): HeldArray {
  const { key, rows } = array;
  const name = key === "template" ? templatesName : `units/${key}`;
  if (isDense(array)) return denseArray(name, rows as readonly PickledArray[], arrayId);
  const values = rows.map((row) => (row === undefined ? new Float64Array(0) : listOf(row)));
  if (!values.every((list) => list !== undefined)) throw uneven(array);
  const spec = ArraySpec.fromPartial({
    arrayId,
    name,
    dataType: "float64",
    axes: [unitAxis(rows.length)],
    ragged: true,
  });
  return { spec, source: () => raggedFrames(arrayId, values as readonly Float64Array[]) };
}

/** The axis of the units. */
export function unitAxis(size: number): Axis {
  return Axis.fromPartial({ name: "unit", type: AxisType.AXIS_TYPE_ITEM, size });
}

function denseArray(name: string, rows: readonly PickledArray[], arrayId: number): HeldArray {
  const shape = rows[0]?.shape ?? [];
  const [first] = rows;
  const isOfOneType = rows.every(({ type }) => type.dataType === first?.type.dataType);
  const dataType = isOfOneType ? (first?.type.dataType as DataType) : "float64";
  const names = shape.length === 2 ? ["sample", "channel"] : shape.map((_, axis) => `dim_${axis}`);
  const axes = shape.map((size, axis) => Axis.fromPartial({ name: names[axis] as string, size }));
  const spec = ArraySpec.fromPartial({ arrayId, name, dataType, axes: [unitAxis(rows.length), ...axes] });
  const bytesOf = (row: PickledArray) => (isOfOneType ? row.data : bytesOfFloat64(row));
  function* frames(): Generator<Frame> {
    for (const [unit, row] of rows.entries()) {
      const offset = [unit, ...shape.map(() => 0)];
      yield chunkFrame({ arrayId, offset, shape: [1, ...shape], data: bytesOf(row) });
    }
  }
  return { spec, source: frames };
}

function bytesOfFloat64(row: PickledArray): Uint8Array {
  const values = float64sOf(row) ?? new Float64Array(0);
  return new Uint8Array(values.buffer);
}

function listOf(row: PickledArray): Float64Array | undefined {
  return row.shape.length === 1 ? float64sOf(row) : undefined;
}

function uneven({ key, rows }: UnitArrays): Error {
  return unreadable("SORTED_UNITS_INVALID", `units.${key}`, "The units have arrays of different shapes.", {
    got: rows
      .map((row) => (row ? `[${row.shape.join(", ")}]` : "none"))
      .slice(0, 10)
      .join(", "),
    allowed: ["arrays of one shape and type, or lists of numbers"],
    remedy: "Leave units out by the option keys.",
  });
}
