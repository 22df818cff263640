import { allCountsBytes } from "./alphabet";
import { putLiterals } from "./bits";
import { beginCount, countBytes, endCount } from "./histogram";
import { countRun, findRun, putRun, runEnd, runStart } from "./runs";

/** Data is looked at in steps of this size; no run or match goes on into the next. */
export const stepBytes: usize = 32 * 1024;

/** Counts the symbols for the bytes of one step [from, end) of the data that begin at `origin`. */
export function countStep(from: usize, end: usize, origin: usize, counts: usize): void {
  memory.fill(counts, 0, allCountsBytes);
  beginCount();
  for (; findRun(from, end, origin); from = runEnd) {
    countBytes(from, runStart);
    countRun(<u32>(runEnd - runStart), counts);
  }
  countBytes(from, end);
  endCount(counts);
}

/** Writes the symbols for the bytes of whole steps [from, end), as they were counted. */
export function putSteps(from: usize, end: usize, origin: usize, entries: usize): void {
  while (from < end) {
    const stepEnd = min(from + stepBytes, end);
    for (; findRun(from, stepEnd, origin); from = runEnd) {
      putLiterals(from, runStart, entries);
      putRun(<u32>(runEnd - runStart), entries);
    }
    putLiterals(from, stepEnd, entries);
    from = stepEnd;
  }
}
