import {
  asElements,
  chunkFrame,
  type DataType,
  elementCount,
  gridCells,
  itemSize,
  runsOf,
  wholeBox,
} from "@sluice/core";
import { damaged } from "@sluice/npy";
import type { ArraySpec, Frame } from "@sluice/proto";
import type { Archive, NpyMember, ValueReader } from "./archive.ts";

/** Frames of a dense array: cells that follow each other in C order. */
export async function* denseFrames(archive: Archive, spec: ArraySpec, member: NpyMember): AsyncGenerator<Frame> {
  const { arrayId } = spec;
  const shape = spec.axes.map(({ size }) => size as number);
  const values = await archive.values(member);
  try {
    for (const box of gridCells(wholeBox(shape), runsOf(spec))) {
      const data = await values.take(elementCount(box.shape));
      yield chunkFrame({ arrayId, offset: [...box.offset], shape: [...box.shape], data });
    }
    await values.end();
  } finally {
    await values.close();
  }
}

const chunkBytes = 256 * 1024;
const rowsAtOnce = 8192;

/** Frames of a ragged array: `offsets` says where in `values` each row begins, and where the last one ends. */
export async function* raggedFrames(
  archive: Archive,
  spec: ArraySpec,
  values: NpyMember,
  offsets: NpyMember,
): AsyncGenerator<Frame> {
  const elements = await archive.values(values);
  const ends = await archive.values(offsets);
  try {
    yield* raggedChunks(spec, elements, ends, offsets);
    await elements.end();
    await ends.end();
  } finally {
    await elements.close();
    await ends.close();
  }
}

async function* raggedChunks(
  { arrayId, dataType }: ArraySpec,
  values: ValueReader,
  ends: ValueReader,
  { key, header }: NpyMember,
): AsyncGenerator<Frame> {
  const most = Math.floor(chunkBytes / itemSize[dataType as DataType]);
  const rows = (header.shape[0] as number) - 1;
  let end = toIndex(await ends.take(1), 0, key, 0);
  for (let firstRow = 0; firstRow < rows; ) {
    const count = Math.min(rowsAtOnce, rows - firstRow);
    const bytes = await ends.take(count);
    const rowLengths: number[] = [];
    for (let row = 0; row < count; row++) {
      const next = toIndex(bytes, row, key, end);
      rowLengths.push(next - end);
      end = next;
    }
    for (let from = 0; from < count; ) {
      let [to, length] = [from, 0];
      while (to < count && (to === from || length + (rowLengths[to] as number) <= most))
        length += rowLengths[to++] as number;
      const first = firstRow + from;
      for (let elementOffset = 0; elementOffset === 0 || elementOffset < length; elementOffset += most) {
        const part = to === from + 1 ? Math.min(most, length - elementOffset) : length;
        const lengths = to === from + 1 ? [part] : rowLengths.slice(from, to);
        const value = { arrayId, firstRow: first, rowLengths: lengths, elementOffset, data: await values.take(part) };
        yield { sequence: 0, content: { $case: "ragged", value } };
        if (to > from + 1) break;
      }
      from = to;
    }
    firstRow += count;
  }
}

function toIndex(bytes: Uint8Array, index: number, key: string, before: number): number {
  const value = Number(asElements("int64", bytes)[index]);
  if (Number.isSafeInteger(value) && value >= before) return value;
  throw damaged(key, `an offset of ${value} behind one of ${before}`);
}
