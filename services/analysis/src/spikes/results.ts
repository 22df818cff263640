import { arrayEndFrame, asBytes, chunkFrame, type DatasetHeader } from "@sluice/core";
import { ArraySpec, Axis, type Frame, type TableSpec } from "@sluice/proto";
import { type NewColumn, raggedFrames, tableOf } from "@sluice/spikes";
import { freeName, nextArrayId, nextTableId } from "./names.ts";

/** An array that a step adds. */
export interface NewArray {
  /** Behind "spikes/", e.g. "sttc". */
  readonly name: string;
  readonly dataType: "float64" | "int32" | "int64";
  /** Slowest first; an axis 0 without size is as long as it comes to be. */
  readonly axes: readonly Partial<Axis>[];
  readonly unit?: string;
  readonly ragged?: boolean;
  readonly description: string;
}

/** A table that a step adds. */
export interface NewTable {
  readonly name: string;
  readonly columns: readonly Omit<NewColumn, "values">[];
}

/** Whole rows of a dense array, one row of a ragged one, or all columns of a table. */
export type Rows = readonly [
  name: string,
  values: Float64Array | Int32Array | BigInt64Array | readonly ArrayLike<number>[],
];

const chunkBytes = 2 ** 20;

/** The arrays and tables that a step adds to a header, and their frames. */
export class Results {
  readonly #arrays = new Map<string, ArraySpec>();
  readonly #tables = new Map<string, { readonly spec: TableSpec; readonly columns: NewTable["columns"] }>();
  readonly #rows = new Map<string, number>();
  readonly #before: DatasetHeader;

  constructor(header: DatasetHeader, arrays: readonly NewArray[], tables: readonly NewTable[] = []) {
    this.#before = header;
    for (const [index, { name, dataType, axes, unit = "", ragged = false, description }] of arrays.entries()) {
      const spec = ArraySpec.fromPartial({
        arrayId: nextArrayId(header) + index,
        name: freeName(header, `spikes/${name}`),
        dataType,
        axes: axes.map((axis) => Axis.fromPartial(axis)),
        unit,
        ragged,
        attributes: { description },
      });
      this.#arrays.set(name, spec);
    }
    for (const [index, { name, columns }] of tables.entries()) {
      const none = columns.map((column) => ({ ...column, values: [] }));
      const { spec } = tableOf(nextTableId(header) + index, freeName(header, `spikes/${name}`), 0, none);
      this.#tables.set(name, { spec: { ...spec, rows: undefined }, columns });
    }
  }

  header(): DatasetHeader {
    const { dataset, arrays, tables } = this.#before;
    const added = [...this.#tables.values()].map(({ spec }) => spec);
    return { dataset, arrays: [...arrays, ...this.#arrays.values()], tables: [...tables, ...added] };
  }

  /** Name in the dataset of the array that the step calls so. */
  nameOf(name: string): string {
    return this.#arrays.get(name)?.name ?? this.#tables.get(name)?.spec.name ?? "";
  }

  /** The next rows of an array, or a table. */
  async *frames([name, values]: Rows): AsyncGenerator<Frame> {
    const table = this.#tables.get(name);
    const array = this.#arrays.get(name);
    if (table) yield* tableFrames(table, values as readonly ArrayLike<number>[]);
    else if (array?.ragged) yield* this.#raggedRow(array, name, values as Float64Array);
    else if (array) yield* this.#denseRows(array, name, values as Float64Array);
  }

  /** What closes arrays of unknown length. */
  *ends(): Generator<Frame> {
    for (const [name, { arrayId, axes }] of this.#arrays) {
      const [first, ...rest] = axes;
      if (first?.size !== undefined) continue;
      yield arrayEndFrame({ arrayId, shape: [this.#rows.get(name) ?? 0, ...rest.map(({ size }) => size ?? 0)] });
    }
  }

  async *#raggedRow({ arrayId }: ArraySpec, name: string, values: Float64Array): AsyncGenerator<Frame> {
    const row = this.#advance(name, 1);
    for await (const frame of raggedFrames(arrayId, [values])) {
      if (frame.content?.$case === "ragged") frame.content.value.firstRow += row;
      yield frame;
    }
  }

  *#denseRows(
    { arrayId, axes }: ArraySpec,
    name: string,
    values: Float64Array | Int32Array | BigInt64Array,
  ): Generator<Frame> {
    const rest = axes.slice(1).map(({ size }) => size ?? 0);
    const rowLength = rest.reduce((product, size) => product * size, 1);
    const rows = values.length / rowLength;
    const first = this.#advance(name, rows);
    const perChunk = Math.max(1, Math.floor(chunkBytes / (rowLength * values.BYTES_PER_ELEMENT)));
    for (let row = 0; row < rows; row += perChunk) {
      const count = Math.min(perChunk, rows - row);
      const part = values.subarray(row * rowLength, (row + count) * rowLength);
      yield* parts(arrayId, first + row, count, rest, part);
    }
  }

  #advance(name: string, rows: number): number {
    const first = this.#rows.get(name) ?? 0;
    this.#rows.set(name, first + rows);
    return first;
  }
}

/** Rows as one chunk; a long row of two axes in parts. */
function* parts(
  arrayId: number,
  row: number,
  count: number,
  rest: readonly number[],
  values: Float64Array | Int32Array | BigInt64Array,
): Generator<Frame> {
  const most = Math.max(1, Math.floor(chunkBytes / values.BYTES_PER_ELEMENT));
  if (count > 1 || rest.length !== 1 || values.length <= most) {
    yield chunkFrame({ arrayId, offset: [row, ...rest.map(() => 0)], shape: [count, ...rest], data: asBytes(values) });
    return;
  }
  for (let start = 0; start < values.length; start += most) {
    const part = values.subarray(start, start + most);
    yield chunkFrame({ arrayId, offset: [row, start], shape: [1, part.length], data: asBytes(part) });
  }
}

function* tableFrames(
  { spec, columns }: { readonly spec: TableSpec; readonly columns: NewTable["columns"] },
  values: readonly ArrayLike<number>[],
): Generator<Frame> {
  const rows = values[0]?.length ?? 0;
  if (rows === 0) return;
  const filled = columns.map((column, index) => ({ ...column, values: Array.from(values[index] ?? []) }));
  yield tableOf(spec.tableId, spec.name, rows, filled).frame;
}
