/** The units of an open file. */
export interface Trains {
  readonly unitCount: number;
  /** What was concluded rather than read, for people. */
  readonly notes: readonly string[];
  /** Length of the recording, where the style itself says it. */
  readonly lengthMs?: number;
  readonly samplingRateHz?: number | undefined;
  /** Spike times of each unit in turn: seconds, as they stand in the file; several units at once where they are short. */
  trains(): AsyncIterable<readonly Float64Array[]>;
}
