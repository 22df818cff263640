/** A recording that SpikeLab loaded, as `interop/scripts/load_spikelab.py` tells it; or the error that it raised. */
export interface SpikelabRecording {
  readonly error?: string;
  readonly units: number;
  /** Milliseconds, ascending. */
  readonly trains: readonly (readonly number[])[];
  readonly startMs: number;
  readonly lengthMs: number;
  /** [channel, sample]. */
  readonly raw: readonly (readonly number[])[];
  readonly rawTimesMs: readonly number[];
  /** [unit, bin], if it was asked for. */
  readonly raster: readonly (readonly number[])[] | null;
  readonly warnings: readonly string[];
}
