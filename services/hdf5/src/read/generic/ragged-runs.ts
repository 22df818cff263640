/** Consecutive rows of a ragged array, or a part of one. */
export interface RaggedRun {
  readonly firstRow: number;
  readonly rowLengths: number[];
  /** Elements of the first row that came before. */
  readonly elementOffset: number;
}

/** Rows in one run: their lengths are part of a message. */
const mostRows = 2 ** 15;

/** Rows in runs of at most so many elements; a longer row comes in parts. */
export function* raggedRuns(lengths: readonly number[], first: number, mostElements: number): Generator<RaggedRun> {
  let rowLengths: number[] = [];
  let elements = 0;
  const run = (end: number) => ({ firstRow: first + end - rowLengths.length, rowLengths, elementOffset: 0 });
  for (const [index, length] of lengths.entries()) {
    if (rowLengths.length > 0 && (elements + length > mostElements || rowLengths.length === mostRows)) {
      yield run(index);
      rowLengths = [];
      elements = 0;
    }
    if (length > mostElements) {
      for (let offset = 0; offset < length; offset += mostElements) {
        const part = Math.min(mostElements, length - offset);
        yield { firstRow: first + index, rowLengths: [part], elementOffset: offset };
      }
    } else {
      rowLengths.push(length);
      elements += length;
    }
  }
  if (rowLengths.length > 0) yield run(lengths.length);
}
