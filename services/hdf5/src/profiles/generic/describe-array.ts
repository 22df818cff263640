import type { GroupWriter } from "@sluice/hdf5";
import { ArraySpec, AxisType, ChunkOrder, TableSpec } from "@sluice/proto";
import { ReadableAttributes } from "./attributes.ts";
import { nameAttribute, specAttribute } from "./layout.ts";

type AttributeSet = GroupWriter["attributes"];

/** Attributes of an array's dataset, or of its group when it is ragged. */
export function describeArray(target: AttributeSet, array: ArraySpec, path: string, roles: readonly string[]): void {
  const readable = new ReadableAttributes(target);
  const { axes } = array;
  readable.texts("DIMENSION_LABELS", array.ragged ? [] : axes.map(({ name }) => name));
  readable.texts(
    "axis_units",
    axes.map(({ unit }) => unit),
  );
  readable.texts(
    "axis_types",
    axes.map(({ type }) => axisTypes[type] ?? ""),
  );
  if (axes.some(({ scale, origin }) => scale !== undefined || origin !== 0)) {
    readable.numbers(
      "axis_scales",
      axes.map(({ scale }) => scale ?? Number.NaN),
    );
    readable.numbers(
      "axis_origins",
      axes.map(({ origin }) => origin),
    );
  }
  readable.texts(
    "axis_coordinates",
    axes.map(({ coordinatesArray }) => coordinatesArray),
  );
  for (const [index, { labels }] of axes.entries()) readable.texts(`axis_labels_${index}`, labels);
  readable.text("units", array.unit);
  readable.number("scale_factor", array.valueScale);
  readable.number("add_offset", array.valueOffset);
  readable.texts("roles", roles);
  for (const [name, value] of Object.entries(array.attributes ?? {})) readable.json(name, value);
  nameObject(target, array.name, path);
  const spec = { ...array, chunkShape: [], order: ChunkOrder.CHUNK_ORDER_UNSPECIFIED };
  target.set(specAttribute, JSON.stringify(ArraySpec.toJSON(spec)), "text");
}

/** Attributes of a table's group. */
export function describeTable(target: AttributeSet, table: TableSpec, path: string, roles: readonly string[]): void {
  const readable = new ReadableAttributes(target);
  readable.texts(
    "columns",
    table.columns.map(({ name }) => name),
  );
  readable.texts("roles", roles);
  for (const [name, value] of Object.entries(table.attributes ?? {})) readable.json(name, value);
  nameObject(target, table.name, path);
  target.set(specAttribute, JSON.stringify(TableSpec.toJSON(table)), "text");
}

/** The name in the stream, as JSON, where it is not the path. */
export function nameObject(target: AttributeSet, name: string, path: string): void {
  if (name !== path) target.set(nameAttribute, JSON.stringify(name), "text");
}

const axisTypes: Readonly<Record<number, string>> = {
  [AxisType.AXIS_TYPE_TIME]: "time",
  [AxisType.AXIS_TYPE_CHANNEL]: "channel",
  [AxisType.AXIS_TYPE_SPACE]: "space",
  [AxisType.AXIS_TYPE_ITEM]: "item",
};
