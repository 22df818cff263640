import { type DataType, isDataType } from "@sluice/core";
import { numberType, type StoredType } from "@sluice/hdf5";
import { type ArraySpec, ColumnSpec } from "@sluice/proto";
import { widened } from "./column-values.ts";
import type { JsonValue } from "./json-value.ts";

/** The array with what its attributes say of it: names of the axes as HDF5's dimension scales keep them, and the unit. */
export function describedArray(array: ArraySpec, type: StoredType, attributes: Record<string, JsonValue>): ArraySpec {
  const labels = attributes["DIMENSION_LABELS"];
  const names = Array.isArray(labels) ? labels.map(String) : [];
  const named = names.length === array.axes.length && new Set(names).size === names.length;
  const axes = array.axes.map((axis, index) => ({ ...axis, name: (named && names[index]) || axis.name }));
  const { units } = attributes;
  const meanings = typeof type === "object" && type.kind === "enumeration" ? { enumeration: type.values } : {};
  const all = { ...meanings, ...attributes };
  return {
    ...array,
    axes,
    unit: typeof units === "string" ? units : "",
    attributes: Object.keys(all).length > 0 ? all : undefined,
  };
}

/** True when the names of the axes say that the array is an image: among t, c, z, y, x, and the last two y and x. */
export function isImage({ axes }: ArraySpec): boolean {
  const names = axes.map(({ name }) => name);
  return names.slice(-2).join() === "y,x" && names.slice(0, -2).every((name) => ["t", "c", "z"].includes(name));
}

/** Data type of the elements of lists of any length; undefined for anything else. */
export function sequenceType(type: StoredType): DataType | undefined {
  if (typeof type === "string" || type.kind !== "sequence") return undefined;
  const element = numberType(type.element);
  return element && widened(element);
}

/** Columns of a table of such elements: the members of a compound, or one column "value"; JSON for what is no number. */
export function columnsOf(type: StoredType): ColumnSpec[] {
  const members = typeof type === "object" && type.kind === "compound" ? type.members : [["value", type] as const];
  return members.map(([name, member]) => {
    const number = numberType(member);
    return ColumnSpec.fromPartial({ name, dataType: number && isDataType(number) ? widened(number) : "string" });
  });
}

/** False for types that are unsupported or have a part that is. */
export function isHeld(type: StoredType): boolean {
  if (typeof type === "string") return true;
  if (type.kind === "compound") return type.members.every(([, member]) => isHeld(member));
  if (type.kind === "array" || type.kind === "sequence") return isHeld(type.element);
  return type.kind !== "unsupported";
}
