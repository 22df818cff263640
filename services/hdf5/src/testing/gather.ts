import { type DatasetStream, digestsOf, isDataType, itemSize } from "@sluice/core";
import { collect } from "@sluice/core/testing";
import type { ArrayDigest, ColumnBuffer, ColumnSpec, Frame } from "@sluice/proto";

/** The values of a stream, however it was cut. */
export interface Gathered {
  readonly digests: ArrayDigest[];
  /** Rows of ragged arrays by name, as hexadecimal bytes. */
  readonly ragged: Record<string, string[]>;
  /** Rows of tables by name; a cell is text, hexadecimal bytes of a number, or null. */
  readonly tables: Record<string, (string | null)[][]>;
}

/** Reads a stream to its end. */
export async function gather({ header, frames }: DatasetStream): Promise<Gathered> {
  const all: Frame[] = await collect(frames);
  const ragged = Object.fromEntries(
    header.arrays.filter((array) => array.ragged).map((array) => [array.name, [] as string[]]),
  );
  const tables = Object.fromEntries(header.tables.map((table) => [table.name, [] as (string | null)[][]]));
  for (const { content } of all) {
    if (content?.$case === "ragged") {
      const array = header.arrays.find(({ arrayId }) => arrayId === content.value.arrayId)!;
      const size = itemSize[array.dataType as keyof typeof itemSize];
      let start = 0;
      for (const [index, length] of content.value.rowLengths.entries()) {
        const row = content.value.firstRow + index;
        const part = Buffer.from(content.value.data.subarray(start, (start += length * size))).toString("hex");
        ragged[array.name]![row] = (ragged[array.name]![row] ?? "") + part;
      }
    } else if (content?.$case === "batch") {
      const table = header.tables.find(({ tableId }) => tableId === content.value.tableId)!;
      for (let row = 0; row < content.value.rows; row++) {
        const cells = table.columns.map((column, index) => cell(column, content.value.columns[index]!, row));
        tables[table.name]!.push(cells);
      }
    }
  }
  const digests = await digestsOf({ header, frames: again(all) });
  return { digests, ragged, tables };
}

async function* again(frames: readonly Frame[]): AsyncGenerator<Frame> {
  yield* frames;
}

function cell({ dataType }: ColumnSpec, { validity, offsets, data }: ColumnBuffer, row: number): string | null {
  if (validity.length > 0 && ((validity[row >> 3]! >> (row & 7)) & 1) === 0) return null;
  if (isDataType(dataType)) {
    return Buffer.from(data.subarray(row * itemSize[dataType], (row + 1) * itemSize[dataType])).toString("hex");
  }
  const ends = new DataView(offsets.buffer, offsets.byteOffset, offsets.length);
  return Buffer.from(data.subarray(ends.getInt32(4 * row, true), ends.getInt32(4 * row + 4, true))).toString();
}
