import { asElements, type Box, Code, chunkFrame, type DataType, itemSize, SluiceError } from "@sluice/core";
import { type Hdf5File, openHdf5, type StoredElement, type StoredRow } from "@sluice/hdf5";
import type { ArraySpec, ColumnBuffer, Frame } from "@sluice/proto";
import { batchFrames } from "./batch-frames.ts";
import { columnOf, numberBytes, textColumn } from "./column-values.ts";
import type { ArrayPart, Part, RaggedPart, RowsPart, SequencesPart, TablePart } from "./part.ts";
import { type RaggedRun, raggedRuns } from "./ragged-runs.ts";

/** Payload of a frame. */
const frameBytes = 2 ** 20;
/** Rows of ragged arrays whose places are read at a time. */
const rowsAtOnce = 2 ** 16;
/** Lists of any length that are read at a time. */
const sequencesAtOnce = 64;

/** What comes first is looked at before a byte is written: tables, ragged arrays such as spike times, all else. */
const order: Readonly<Record<Part["kind"], number>> = { table: 0, rows: 0, ragged: 1, sequences: 1, array: 2 };

/** The data of a stream, part after part. Opens the file, and closes it however the iteration ends. */
export async function* partFrames(path: string, parts: readonly Part[], signal?: AbortSignal): AsyncGenerator<Frame> {
  const file = await openHdf5(path, signal);
  try {
    const ordered = parts.toSorted((one, other) => order[one.kind] - order[other.kind]);
    for (const part of ordered) yield* framesOf(file, part);
  } finally {
    await file.close();
  }
}

function framesOf(file: Hdf5File, part: Part): AsyncGenerator<Frame> {
  switch (part.kind) {
    case "array":
      return arrayFrames(file, part);
    case "ragged":
      return raggedFrames(file, part);
    case "sequences":
      return sequenceFrames(file, part);
    case "table":
      return tableFrames(file, part);
    case "rows":
      return rowFrames(file, part);
  }
}

async function* arrayFrames(file: Hdf5File, { array, path }: ArrayPart): AsyncGenerator<Frame> {
  const dataset = await file.dataset(path);
  for await (const { offset, shape, data } of dataset.blocks({ maximumBytes: frameBytes })) {
    yield chunkFrame({ arrayId: array.arrayId, offset: [...offset], shape: [...shape], data });
  }
}

async function* raggedFrames(file: Hdf5File, part: RaggedPart): AsyncGenerator<Frame> {
  const { array } = part;
  const values = await file.dataset(part.values);
  const offsets = await file.dataset(part.offsets);
  const rows = array.axes[0]?.size ?? 0;
  for (let first = 0; first < rows; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - first);
    const places = Array.from(asElements("uint64", await offsets.read(series(first, count + 1))), Number);
    const lengths = places.slice(1).map((end, row) => end - (places[row] as number));
    const sound = lengths.every((length) => length >= 0) && (places.at(-1) as number) <= (values.shape?.[0] ?? 0);
    if (!sound) throw misplaced(part);
    for (const run of raggedRuns(lengths, first, elementsPerFrame(array))) {
      const start = (places[run.firstRow - first] as number) + run.elementOffset;
      yield raggedFrame(array, run, await values.read(series(start, sum(run.rowLengths))));
    }
  }
}

async function* sequenceFrames(file: Hdf5File, { array, path }: SequencesPart): AsyncGenerator<Frame> {
  const dataset = await file.dataset(path);
  const rows = array.axes[0]?.size ?? 0;
  for (let first = 0; first < rows; first += sequencesAtOnce) {
    const lists = await dataset.readValues(series(first, Math.min(sequencesAtOnce, rows - first)));
    const values = (lists as StoredElement[][]).flat();
    const lengths = (lists as StoredElement[][]).map(({ length }) => length);
    let start = 0;
    for (const run of raggedRuns(lengths, first, elementsPerFrame(array))) {
      const end = start + sum(run.rowLengths);
      yield raggedFrame(array, run, numberBytes(array.dataType as DataType, values.slice(start, end)));
      start = end;
    }
  }
}

async function* tableFrames(file: Hdf5File, { table, columns }: TablePart): AsyncGenerator<Frame> {
  const open = await Promise.all(
    columns.map(async ({ path, nulls }) => ({
      values: await file.dataset(path),
      nulls: nulls === undefined ? undefined : await file.dataset(nulls),
    })),
  );
  const read = async (box: Box): Promise<ColumnBuffer[]> => {
    const buffers: ColumnBuffer[] = [];
    for (const { values, nulls } of open) {
      const isText = values.dataType === undefined;
      const buffer = isText
        ? textColumn(await values.readText(box))
        : { validity: new Uint8Array(0), offsets: new Uint8Array(0), data: await values.read(box) };
      buffers.push({ ...buffer, validity: nulls ? validityOf(await nulls.read(box)) : buffer.validity });
    }
    return buffers;
  };
  yield* batchFrames(table, read);
}

async function* rowFrames(file: Hdf5File, { table, path }: RowsPart): AsyncGenerator<Frame> {
  const dataset = await file.dataset(path);
  const isCompound = typeof dataset.type === "object" && dataset.type.kind === "compound";
  const valueOf = (row: StoredElement, column: string) =>
    isCompound ? ((row as StoredRow)[column] as StoredElement) : row;
  yield* batchFrames(table, async (box) => {
    const rows = await dataset.readValues(box);
    return table.columns.map(({ name, dataType }) =>
      columnOf(
        dataType,
        rows.map((row) => valueOf(row, name)),
      ),
    );
  });
}

function raggedFrame({ arrayId }: ArraySpec, run: RaggedRun, data: Uint8Array): Frame {
  return { sequence: 0, content: { $case: "ragged", value: { arrayId, ...run, data } } };
}

/** Validity bits, least significant first; none where no value is missing. */
function validityOf(nulls: Uint8Array): Uint8Array {
  if (!nulls.includes(1)) return new Uint8Array(0);
  const bits = new Uint8Array(Math.ceil(nulls.length / 8));
  for (const [row, isNull] of nulls.entries())
    if (isNull === 0) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
  return bits;
}

function elementsPerFrame({ dataType }: ArraySpec): number {
  return frameBytes / itemSize[dataType as DataType];
}

function series(first: number, count: number): Box {
  return { offset: [first], shape: [count] };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function misplaced({ array, offsets }: RaggedPart): SluiceError {
  return new SluiceError({
    reason: "HDF5_OFFSETS_INVALID",
    message: "The offsets of a ragged array do not ascend inside its values.",
    field: `arrays.${array.name}`,
    got: offsets,
    remedy: "The file was changed or damaged; take another copy of it.",
    grpcCode: Code.DATA_LOSS,
  });
}
