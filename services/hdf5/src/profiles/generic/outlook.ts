import { type DatasetHeader, type DataType, elementCount, isDataType, itemSize, type Outlook } from "@sluice/core";
import type { ArraySpec, TableSpec } from "@sluice/proto";
import type { Hdf5Options } from "../../options.ts";
import { chunkShapeOf, indexBytes, isPiece } from "./chunk-shape.ts";
import { lossesOf } from "./losses.ts";
import { problemsOf } from "./problems.ts";

/** Object header, links and attributes of a dataset, generously; the JSON of the header comes on top. */
export const bytesPerObject = 4096;
/** Entry of the chunk index, half full in the worst case. */
export const bytesPerChunk = 64;
/** Chunks at work at the same time, before and after compression. */
export const chunksInFlight = 32;
/** Memory of the values of one column, or of one part of a ragged array. */
export const seriesBytes = 2 ** 17;

/** What an export would do: everything against it, what would be lost, and upper estimates of size and memory. */
export function foresee(header: DatasetHeader, options: Hdf5Options): Outlook {
  const problems = problemsOf(header, options);
  if (problems.length > 0) return { problems };
  const { chunkShape } = options;
  const { arrays, tables } = header;
  const held = [...arrays.map((array) => heldBytes(array, chunkShape)), ...tables.map(tableHeldBytes)];
  const artifactBytes =
    [...arrays.map((array) => arrayBytes(array, chunkShape)), ...tables.map(tableBytes)].reduce(
      (sum, bytes) => sum + bytes,
      0,
    ) + textBytes(header);
  return {
    losses: lossesOf(header),
    artifactBytes: Number.isFinite(artifactBytes) ? Math.ceil(artifactBytes) : undefined,
    memoryBytes: 2 ** 22 + held.reduce((sum, bytes) => sum + bytes, 0),
  };
}

/** Infinite where the length is not known. */
function arrayBytes(array: ArraySpec, chosen: readonly number[] | undefined): number {
  const length = array.axes[0]?.size;
  if (array.ragged || length === undefined) return Number.POSITIVE_INFINITY;
  if (isPiece(array)) return bytesPerObject + length * indexBytes(array);
  const chunk = chunkShapeOf(array, chosen);
  const chunks = array.axes.reduce(
    (product, { size }, axis) => product * Math.ceil((size ?? 1) / (chunk[axis] ?? 1)),
    1,
  );
  return bytesPerObject + chunks * (chunkBytes(array, chunk) + bytesPerChunk);
}

/** Infinite where the length is not known, and for texts. */
export function tableBytes({ rows, columns }: TableSpec): number {
  const sizes = columns.map(({ dataType, nullable }) => {
    const bytes = isDataType(dataType) ? itemSize[dataType] : Number.POSITIVE_INFINITY;
    return bytesPerObject + 2 ** 16 + (rows ?? Number.POSITIVE_INFINITY) * (bytes + (nullable ? 1 : 0));
  });
  return sizes.reduce((sum, bytes) => sum + bytes, bytesPerObject);
}

/** Specs and texts, as JSON and as attributes. */
export function textBytes(header: DatasetHeader): number {
  return JSON.stringify(header).length * 4 + 2 ** 14;
}

/** For chunks that come in the array's order; others open a buffer of a whole row of chunks. */
function heldBytes(array: ArraySpec, chosen: readonly number[] | undefined): number {
  if (array.ragged) return 2 * seriesBytes;
  const chunk = chunkShapeOf(array, chosen);
  const length = array.axes[0]?.size ?? 0;
  const rowBytes = chunk[0] === 1 ? chunkBytes(array, chunk) : (chunk[0] as number) * indexBytes(array);
  const chunksPerRow = (indexBytes(array) * (chunk[0] as number)) / chunkBytes(array, chunk);
  const index = (21 * length * chunksPerRow) / (chunk[0] as number);
  return Math.ceil(2 * rowBytes + chunksInFlight * chunkBytes(array, chunk) + index);
}

/** Memory of the columns of a table. */
export function tableHeldBytes({ columns, rows }: TableSpec): number {
  const texts = columns.filter(({ dataType }) => !isDataType(dataType)).length;
  return columns.length * seriesBytes + texts * 16 * (rows ?? 0);
}

function chunkBytes({ dataType }: ArraySpec, chunk: readonly number[]): number {
  return elementCount(chunk) * itemSize[dataType as DataType];
}
