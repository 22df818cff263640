import type { Hdf5Dataset } from "@sluice/hdf5";
import { listLength, readNumbers, rowCount } from "./numbers.ts";
import { unfitFile } from "./unfit-file.ts";

/**
 * Where the list of each row ends in a column of lists. Files have the ends alone, as NWB says, or a zero before them.
 *
 * @param rows of the table, where it says how many: tells one form from the other
 * @param length of the column
 */
export async function readEnds(index: Hdf5Dataset, rows: number | undefined, length: number): Promise<Float64Array> {
  listLength(index);
  rowCount(index);
  const values = await readNumbers(index);
  const leading = rows === undefined ? false : values.length === rows + 1 && values[0] === 0;
  const ends = leading ? values.subarray(1) : values;
  if (rows !== undefined && ends.length !== rows) {
    throw invalid(index, `${values.length} values for ${rows} rows`, `${rows}, or one more with a zero before them`);
  }
  for (const [row, end] of ends.entries()) {
    const before = row === 0 ? 0 : (ends[row - 1] as number);
    if (!(Number.isSafeInteger(end) && end >= before))
      throw invalid(index, `${end} after ${before}`, "integers that do not fall");
  }
  const last = ends.at(-1) ?? 0;
  if (last > length) throw invalid(index, `an end at ${last}`, `at most ${length}, the length of the column`);
  return ends;
}

/** As {@link readEnds}, but ends beyond the column are cut to it; says how many elements are missing. */
export async function readClippedEnds(
  index: Hdf5Dataset,
  rows: number,
  length: number,
): Promise<{ readonly ends: Float64Array; readonly missing: number }> {
  const ends = await readEnds(index, rows, Number.POSITIVE_INFINITY);
  return { ends: ends.map((end) => Math.min(end, length)), missing: Math.max(0, (ends.at(-1) ?? 0) - length) };
}

function invalid({ path }: Hdf5Dataset, got: string, allowed: string): Error {
  return unfitFile({
    reason: "NWB_INDEX_INVALID",
    message: "An index does not fit its column.",
    field: path,
    got,
    allowed: [allowed],
  });
}
