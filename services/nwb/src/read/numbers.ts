import { asElements, type Box, type DataType, float16ToFloat32 } from "@sluice/core";
import type { Hdf5Dataset } from "@sluice/hdf5";
import { unfitFile } from "./unfit-file.ts";

/** Length of a dataset of one axis of numbers. */
export function listLength(dataset: Hdf5Dataset): number {
  const { shape, dataType } = dataset;
  if (shape?.length === 1 && dataType !== undefined && !dataType.startsWith("complex")) return shape[0] as number;
  throw unfitFile({
    reason: "NWB_SHAPE_INVALID",
    message: "The dataset must hold numbers along one axis.",
    field: dataset.path,
    got: `${dataType ?? "no numbers"}, ${shape === null ? "nothing" : `[${shape.join(", ")}]`}`,
  });
}

/** Rows of a table, which is in memory as values: more come from damaged shapes. */
const mostRows = 2 ** 22;

/** Length of a dataset that has an element for each row of a table. */
export function rowCount({ path, shape }: Hdf5Dataset): number {
  const rows = shape?.[0] ?? 0;
  if (rows <= mostRows) return rows;
  throw unfitFile({
    reason: "NWB_TABLE_TOO_LARGE",
    message: "The table has more rows than can be held in memory.",
    field: path,
    got: String(rows),
    allowed: [`at most ${mostRows} rows`],
  });
}

/** Numbers of a box as doubles, which hold integers up to 2^53 exactly. */
export async function readNumbers(dataset: Hdf5Dataset, box?: Box): Promise<Float64Array> {
  const elements = asElements(dataset.dataType as DataType, await dataset.read(box));
  if (elements instanceof Float64Array) return elements;
  if (dataset.dataType === "float16") return Float64Array.from(float16ToFloat32(elements as Uint16Array));
  return Float64Array.from(elements as ArrayLike<number | bigint>, Number);
}

/** Elements of a list from one index to before another. */
export function span(start: number, end: number): Box {
  return { offset: [start], shape: [end - start] };
}
