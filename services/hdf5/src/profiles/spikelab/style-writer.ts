import type { SpikeRun } from "@sluice/spikes";

/** Lays out the spikes of one unit after another. */
export interface StyleWriter {
  /**
   * Takes runs of spikes in order; a unit that begins ends the one before it.
   *
   * @param seconds the times of all runs, end to end; not to be changed
   */
  add(runs: readonly SpikeRun[], seconds: Float64Array): Promise<void>;
  /** All units are complete. */
  end(): Promise<void>;
}
