import { expect } from "./byte-reader.ts";

interface Extent {
  readonly start: number;
  readonly end: number;
  readonly what: string;
}

/** The parts of a file: they do not overlap, and nothing but padding lies between them. */
export class Extents {
  readonly #extents: Extent[] = [];

  claim(start: number, bytes: number, what: string): void {
    if (bytes > 0) this.#extents.push({ start, end: start + bytes, what });
  }

  /** Checks the whole file. @param waste true where a checkpoint may have left parts that nothing leads to */
  check(file: Uint8Array, waste = false): void {
    let end = 0;
    let before = "the beginning";
    for (const extent of this.#extents.toSorted((a, b) => a.start - b.start)) {
      expect(extent.start >= end, `${extent.what} at ${extent.start} overlaps ${before}`);
      if (!waste) checkPadding(file.subarray(end, extent.start), before, extent.what);
      ({ end, what: before } = extent);
    }
    expect(end <= file.length, `${before} ends at ${end}, beyond the file`);
    checkPadding(file.subarray(end), before, "the end");
  }
}

function checkPadding(bytes: Uint8Array, before: string, after: string): void {
  const padding = bytes.length < 8 && bytes.every((byte) => byte === 0);
  expect(padding, `${bytes.length} bytes between ${before} and ${after} belong to nothing`);
}
