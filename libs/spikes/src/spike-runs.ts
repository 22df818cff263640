import { asElements } from "@sluice/core";
import type { ArraySpec, RaggedChunk } from "@sluice/proto";

/** Part of a row: spikes of one unit, in seconds, that follow those before. */
export interface SpikeRun {
  readonly unit: number;
  /** True for the first part of the unit. */
  readonly begins: boolean;
  readonly seconds: Float64Array;
}

/** The runs of a ragged chunk. */
export function* spikeRuns({ dataType }: ArraySpec, chunk: RaggedChunk): Generator<SpikeRun> {
  const values = asElements(dataType as "float64", chunk.data);
  const all = dataType === "float64" ? values : Float64Array.from(values);
  let start = 0;
  for (const [index, length] of chunk.rowLengths.entries()) {
    const begins = index > 0 || chunk.elementOffset === 0;
    yield { unit: chunk.firstRow + index, begins, seconds: all.subarray(start, start + length) };
    start += length;
  }
}
