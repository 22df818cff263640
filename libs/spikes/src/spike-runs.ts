import { asElements } from "@sluice/core";
import type { ArraySpec, RaggedChunk } from "@sluice/proto";

/** Part of a row: spikes of one unit, in seconds, that follow those before. */
export interface SpikeRun {
  readonly unit: number;
  /** True for the first part of the unit. */
  readonly begins: boolean;
  readonly seconds: Float64Array;
}

/** The times of a ragged chunk, its rows end to end; not to be changed. */
export function spikeSeconds({ dataType }: ArraySpec, { data }: RaggedChunk): Float64Array {
  const values = asElements(dataType as "float64", data);
  return dataType === "float64" ? values : Float64Array.from(values);
}

/** The runs of a ragged chunk. @param seconds its times, where they are known already */
export function* spikeRuns(
  array: ArraySpec,
  chunk: RaggedChunk,
  seconds: Float64Array = spikeSeconds(array, chunk),
): Generator<SpikeRun> {
  let start = 0;
  for (const [index, length] of chunk.rowLengths.entries()) {
    const begins = index > 0 || chunk.elementOffset === 0;
    yield { unit: chunk.firstRow + index, begins, seconds: seconds.subarray(start, start + length) };
    start += length;
  }
}
