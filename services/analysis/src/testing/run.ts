import { Assembly, asElements, type DatasetStream, type RawOptions, wholeFrames } from "@sluice/core";
import {
  type ArraySpec,
  type ColumnBuffer,
  type DatasetSpec,
  KeptLayers,
  type TableBatch,
  type TableSpec,
} from "@sluice/proto";
import { analysis } from "../index.ts";

/** An array that came out of a stream, whole. */
export interface Outcome {
  readonly spec: ArraySpec;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** What came out of steps. */
export interface Outcomes {
  readonly dataset: DatasetSpec;
  readonly arrays: ReadonlyMap<string, Outcome>;
  /** Rows of each table of numbers and texts, by name. */
  readonly tables: ReadonlyMap<string, readonly Row[]>;
}

/** Row of a table, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** A step as a test names it: alone, or with parameters. */
export type Call = string | readonly [string, RawOptions];

/** Runs steps in this process and gathers all dense arrays. */
export async function runSteps(
  stream: DatasetStream,
  calls: readonly Call[],
  layers: KeptLayers = KeptLayers.KEPT_LAYERS_ALL,
): Promise<Outcomes> {
  const { signal } = new AbortController();
  return gather(await analysis.apply(stream, { steps: stepsOf(calls), layers }, signal));
}

/** Steps as the protocol names them. */
export function stepsOf(calls: readonly Call[]) {
  return calls.map((call) => {
    const [name, parameters] = typeof call === "string" ? [call, {}] : call;
    return { name, parameters: { ...parameters } };
  });
}

/** All dense arrays and tables of a stream. */
export async function gather(stream: DatasetStream): Promise<Outcomes> {
  const blocks = new Map(stream.header.arrays.map((spec) => [spec.name, [] as ArrayLike<number>[]]));
  const arrays = new Map<string, Outcome>();
  const tables = new Map(stream.header.tables.map((spec) => [spec.name, [] as Row[]]));
  for await (const item of new Assembly(stream, wholeFrames)) {
    if (item.kind === "block") {
      const { array, data } = item.block;
      blocks.get(array.name)?.push(asElements(array.dataType as "float64", data));
    } else if (item.kind === "end") {
      const { array: spec, shape } = item;
      arrays.set(spec.name, { spec, shape, data: joined(blocks.get(spec.name) ?? []) });
    } else if (item.kind === "batch") tables.get(item.table.name)?.push(...rowsOf(item.table, item.batch));
  }
  return { dataset: stream.header.dataset, arrays, tables };
}

function rowsOf(table: TableSpec, { rows, columns }: TableBatch): Row[] {
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      table.columns.map(({ name, dataType }, index) => {
        const { data, offsets } = columns[index] as ColumnBuffer;
        if (dataType !== "string") return [name, asElements(dataType as "float64", data)[row]];
        const ends = asElements("int32", offsets);
        return [name, Buffer.from(data.subarray(ends[row], ends[row + 1])).toString()];
      }),
    ),
  );
}

function joined(blocks: readonly ArrayLike<number>[]): Float64Array {
  const data = new Float64Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    data.set(block, at);
    at += block.length;
  }
  return data;
}

/** The array of that name, or of that layer, with its values as a list. */
export function arrayOf({ arrays, dataset }: Outcomes, name: string): Outcome & { readonly values: number[] } {
  const layers = dataset.imageStacks[0]?.layers ?? [];
  const found = arrays.get(layers.find((layer) => `processed/${layer.name}` === name)?.array ?? name);
  if (found) return { ...found, values: [...found.data] };
  throw new Error(`There is no array ${name}; there are ${[...arrays.keys()].join(", ")}.`);
}

/** Names of the arrays in the order of the header. */
export function namesOf({ arrays }: Outcomes): string[] {
  return [...arrays.values()]
    .toSorted((one, other) => one.spec.arrayId - other.spec.arrayId)
    .map(({ spec }) => spec.name);
}

/** The rows of the table of that name. */
export function rowsIn({ tables }: Outcomes, name: string): readonly Row[] {
  const found = tables.get(name);
  if (found) return found;
  throw new Error(`There is no table ${name}; there are ${[...tables.keys()].join(", ")}.`);
}
