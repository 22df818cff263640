import { arrayNamed, type DatasetHeader } from "@sluice/core";
import { type ArraySpec, type Axis, AxisType, ChunkOrder, type TableSpec } from "@sluice/proto";
import { freeArrayId, type ImageOutline, withArray, withArrayReplaced, withImageStack } from "./image-outline.ts";
import type { Selection } from "./selection.ts";
import type { RegularTimes } from "./selection-times.ts";

/** The image after some of its frames were chosen, and what that makes of its times and of the table of its frames. */
export interface SelectedHeader {
  readonly outline: ImageOutline;
  /** True when the number of frames was not known, so that the choice could not be checked. */
  readonly requiresAll: boolean;
  readonly times: Copy<ArraySpec> | undefined;
  readonly table: Copy<TableSpec> | undefined;
  /** Times that were not recorded, but can be told. */
  readonly regular: RegularTimes | undefined;
}

/** Something of which the rows that are left are copied. */
interface Copy<Spec> {
  readonly sourceId: number;
  readonly target: Spec;
  /** True when the source stays beside the copy. */
  readonly keepsSource: boolean;
}

/** Plans the choice of frames; free of side effects. */
export function selectHeader(before: ImageOutline, selection: Selection): SelectedHeader {
  const frames = before.frames === undefined ? undefined : selection.before(before.frames);
  const [time, ...plane] = before.image.axes as [Axis, Axis, Axis];
  const { header, axis, ...times } = selectTimes(before, time, selection, frames);
  const image = { ...before.image, axes: [axis, ...plane] };
  const withTable = selectTable(withArrayReplaced(header, image.arrayId, image), selection);
  return {
    outline: { ...before, header: withTable.header, image, frames },
    requiresAll: before.frames === undefined,
    times: times.times,
    table: withTable.table,
    regular: times.regular,
  };
}

interface SelectedTimes extends Pick<SelectedHeader, "times" | "regular"> {
  readonly header: DatasetHeader;
  readonly axis: Axis;
}

function selectTimes(
  { header, image, frames: framesBefore }: ImageOutline,
  time: Axis,
  selection: Selection,
  frames: number | undefined,
): SelectedTimes {
  const labels = time.labels.filter((_, index) => selection.keeps(index));
  const axis: Axis = { ...time, size: frames, labels };
  if (time.coordinatesArray !== "") return { ...copyTimes(header, image, time.coordinatesArray, frames), axis };
  const none = { header, times: undefined, regular: undefined };
  if (time.scale === undefined) return { ...none, axis };
  const first = selection.firstOfRun(framesBefore);
  if (first !== undefined) return { ...none, axis: { ...axis, origin: time.origin + first * time.scale } };
  const target = timesSpec(header, time, frames);
  return {
    header: withArray(header, target),
    times: undefined,
    regular: { target, origin: time.origin, interval: time.scale },
    axis: { ...axis, coordinatesArray: target.name, scale: undefined, origin: 0 },
  };
}

function copyTimes(header: DatasetHeader, image: ArraySpec, name: string, frames: number | undefined) {
  const source = arrayNamed(header, name);
  const refersToIt = (array: ArraySpec) =>
    array.arrayId !== image.arrayId && array.axes.some((axis) => axis.coordinatesArray === name);
  const keepsSource = header.arrays.some(refersToIt);
  const axes = source.axes.map((axis) => ({ ...axis, size: frames }));
  const target = { ...source, axes, arrayId: keepsSource ? freeArrayId(header) : source.arrayId };
  const times = { sourceId: source.arrayId, target, keepsSource };
  if (!keepsSource) return { header: withArrayReplaced(header, source.arrayId, target), times, regular: undefined };
  const nameBefore = freeName(`${name}_before_edit`, header.arrays);
  const arrays = header.arrays.map((array) => {
    if (array === source) return { ...array, name: nameBefore };
    return refersToIt(array) ? { ...array, axes: array.axes.map((axis) => renamed(axis, name, nameBefore)) } : array;
  });
  return { header: withArray({ ...header, arrays }, target), times, regular: undefined };
}

function renamed(axis: Axis, name: string, newName: string): Axis {
  return axis.coordinatesArray === name ? { ...axis, coordinatesArray: newName } : axis;
}

function selectTable(header: DatasetHeader, selection: Selection) {
  const [stack] = header.dataset.imageStacks;
  const source = header.tables.find((table) => table.name !== "" && table.name === stack?.framesTable);
  if (!source) return { header, table: undefined };
  const rows = source.rows === undefined ? undefined : selection.before(source.rows);
  const keepsSource = (stack?.layers.length ?? 0) > 0;
  const tableId = keepsSource ? 1 + Math.max(...header.tables.map((table) => table.tableId)) : source.tableId;
  const target: TableSpec = { ...source, rows, tableId };
  const nameBefore = freeName(`${source.name}_before_edit`, header.tables);
  const tables = header.tables.flatMap((table) => {
    if (table !== source) return [table];
    return keepsSource ? [{ ...source, name: nameBefore }, target] : [target];
  });
  const table = { sourceId: source.tableId, target, keepsSource };
  return { header: withImageStack({ ...header, tables }, {}), table };
}

function timesSpec(header: DatasetHeader, time: Axis, frames: number | undefined): ArraySpec {
  const axis: Axis = {
    name: time.name,
    type: AxisType.AXIS_TYPE_TIME,
    size: frames,
    unit: "",
    scale: undefined,
    origin: 0,
    coordinatesArray: "",
    labels: [],
  };
  return {
    arrayId: freeArrayId(header),
    name: freeName("timestamps", header.arrays),
    dataType: "float64",
    axes: [axis],
    chunkShape: [],
    order: ChunkOrder.CHUNK_ORDER_ROW_MAJOR,
    unit: time.unit,
    valueScale: undefined,
    valueOffset: undefined,
    ragged: false,
    attributes: undefined,
  };
}

function freeName(wanted: string, taken: readonly { readonly name: string }[]): string {
  const isTaken = (name: string) => taken.some((other) => other.name === name);
  let name = wanted;
  for (let number = 2; isTaken(name); number++) name = `${wanted}_${number}`;
  return name;
}
