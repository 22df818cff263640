import { type ArraySpec, ChunkOrder } from "@sluice/proto";
import { countElements } from "./box.ts";
import { dataTypes, isDataType, itemSize } from "./data-type.ts";
import { type FaultList, quote } from "./fault-list.ts";

/** Most axes of an array: as many as HDF5 and NumPy before version 2 can hold. */
export const maximumRank = 32;

/** Adds what is wrong with the spec of one array, apart from its id and its name. */
export function checkArray(array: ArraySpec, field: string, faults: FaultList): void {
  checkAxes(array, field, faults);
  checkElements(array, field, faults);
  const ranks = array.chunkShape.length === 0 || array.chunkShape.length === array.axes.length;
  if (!ranks || !array.chunkShape.every((length) => Number.isSafeInteger(length) && length >= 1)) {
    faults.add(`${field}.chunk_shape`, {
      reason: "CHUNK_SHAPE_INVALID",
      message: "The chunk shape does not fit the array.",
      got: describeLengths(array.chunkShape),
      allowed: [`none, or ${array.axes.length} lengths >= 1`],
    });
  }
  const orders: readonly number[] = Object.values(ChunkOrder);
  if (!orders.includes(array.order)) {
    faults.add(`${field}.order`, {
      reason: "CHUNK_ORDER_UNKNOWN",
      message: "The order is not one that Sluice knows.",
      got: String(array.order),
      allowed: orders.map(String),
    });
  }
  faults.checkNumber(`${field}.value_scale`, array.valueScale, "nonzero");
  faults.checkNumber(`${field}.value_offset`, array.valueOffset);
}

function checkAxes(array: ArraySpec, field: string, faults: FaultList): void {
  const rank = array.axes.length;
  const most = array.ragged ? 1 : maximumRank;
  if (rank < 1 || rank > most) {
    faults.add(`${field}.axes`, {
      reason: "RANK_INVALID",
      message: array.ragged
        ? "A ragged array has one axis, that of its rows."
        : "The array has too few or too many axes.",
      got: `${rank} axes`,
      allowed: [array.ragged ? "1" : `1 to ${most}`],
    });
  }
  const names = new Set<string>();
  for (const [index, axis] of array.axes.slice(0, maximumRank).entries()) {
    const axisField = `${field}.axes[${index}]`;
    const known = axis.size !== undefined;
    if (known ? !Number.isSafeInteger(axis.size) || (axis.size as number) < (index === 0 ? 0 : 1) : index > 0) {
      faults.add(`${axisField}.size`, {
        reason: known ? "SIZE_INVALID" : "SIZE_UNKNOWN",
        message: known ? "The size is no length of this axis." : "Only axis 0 may have an unknown size.",
        got: known ? String(axis.size) : "no size",
        allowed: [index === 0 ? "a count >= 0, or none" : "a count >= 1"],
      });
    }
    if (axis.name !== "" && names.has(axis.name)) {
      faults.add(`${axisField}.name`, {
        reason: "AXIS_DUPLICATE",
        message: "Two axes of the array have the same name.",
        got: quote(axis.name),
        allowed: ["names that differ"],
      });
    }
    names.add(axis.name);
    faults.checkNumber(`${axisField}.scale`, axis.scale, "nonzero");
    faults.checkNumber(`${axisField}.origin`, axis.origin);
    if (axis.labels.length > 0 && known && axis.labels.length !== axis.size) {
      faults.add(`${axisField}.labels`, {
        reason: "LABELS_MISMATCH",
        message: "The axis has another number of labels than indices.",
        got: `${axis.labels.length} labels`,
        allowed: ["none", `${axis.size} labels`],
      });
    }
  }
}

function checkElements(array: ArraySpec, field: string, faults: FaultList): void {
  if (!isDataType(array.dataType)) {
    faults.add(`${field}.data_type`, {
      reason: "DATA_TYPE_UNKNOWN",
      message: "The data type is not one that Sluice knows.",
      got: quote(array.dataType),
      allowed: dataTypes,
      remedy: "Use the Zarr v3 name of the type.",
    });
    return;
  }
  const bytes = itemSize[array.dataType];
  if (array.fillValue && array.fillValue.length !== bytes) {
    faults.add(`${field}.fill_value`, {
      reason: "FILL_VALUE_INVALID",
      message: "The fill value is not one element.",
      got: `${array.fillValue.length} bytes`,
      allowed: [`${bytes} bytes, little endian (${array.dataType})`],
    });
  }
  const sizes = array.axes.map((axis, index) => axis.size ?? (index === 0 ? 1 : 0));
  const counts = sizes.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (counts && array.axes.length <= maximumRank && countElements([...sizes, bytes]) === undefined) {
    faults.add(`${field}.axes`, {
      reason: "SHAPE_TOO_LARGE",
      message: "The array holds more bytes than can be counted exactly.",
      got: describeLengths(sizes),
      allowed: ["lengths whose product, times the bytes of an element, is at most 2^53 - 1"],
    });
  }
}

function describeLengths(lengths: readonly number[]): string {
  return lengths.length > maximumRank ? `${lengths.length} lengths` : `[${lengths.join(", ")}]`;
}
