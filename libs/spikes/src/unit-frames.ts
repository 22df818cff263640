import { asBytes } from "@sluice/core";
import type { Frame } from "@sluice/proto";

/** Elements in one frame. */
const elementsPerFrame = 2 ** 17;
/** Rows in one frame: units without a spike cost nothing else. */
const rowsPerFrame = 4096;

/** Rows of a ragged array of float64, in order, as frames: short ones together, long ones in parts. */
export async function* raggedFrames(
  arrayId: number,
  rows: AsyncIterable<Float64Array> | Iterable<Float64Array>,
): AsyncGenerator<Frame> {
  let firstRow = 0;
  let held: Float64Array[] = [];
  let length = 0;
  const frame = (row: number, lengths: number[], elementOffset: number, data: Uint8Array): Frame => ({
    sequence: 0,
    content: { $case: "ragged", value: { arrayId, firstRow: row, rowLengths: lengths, elementOffset, data } },
  });
  const flush = (): Frame => {
    const whole = new Float64Array(length);
    let start = 0;
    for (const row of held) {
      whole.set(row, start);
      start += row.length;
    }
    const lengths = held.map((row) => row.length);
    const made = frame(firstRow, lengths, 0, asBytes(whole));
    firstRow += held.length;
    [held, length] = [[], 0];
    return made;
  };
  for await (const row of rows) {
    if (held.length > 0 && (length + row.length > elementsPerFrame || held.length === rowsPerFrame)) yield flush();
    if (row.length <= elementsPerFrame) {
      held.push(row);
      length += row.length;
      continue;
    }
    for (let start = 0; start < row.length; start += elementsPerFrame) {
      const part = row.slice(start, start + elementsPerFrame);
      yield frame(firstRow, [part.length], start, asBytes(part));
    }
    firstRow++;
  }
  if (held.length > 0) yield flush();
}

/** The times in ascending order: themselves, where they ascend. */
export function ascending(times: Float64Array): Float64Array {
  for (let index = 1; index < times.length; index++) {
    if ((times[index - 1] as number) > (times[index] as number)) return times.toSorted();
  }
  return times;
}
