/** Consecutive spikes. All arrays are equally long. */
export interface SpikeBlock {
  /** Times as the file has them: samples, milliseconds or seconds. */
  readonly values: Float64Array;
  /** Index of each spike's unit. */
  readonly units: Uint32Array;
  readonly amplitudes: Float64Array | undefined;
}

/** Spikes in one block on their way to a file. */
export const spikesPerBlock = 2 ** 16;

/** Memory for so many spikes. */
export function emptyBlock(length: number, withAmplitudes: boolean): SpikeBlock {
  return {
    values: new Float64Array(length),
    units: new Uint32Array(length),
    amplitudes: withAmplitudes ? new Float64Array(length) : undefined,
  };
}

/** Spikes from one index to before another, in the same memory. */
export function part({ values, units, amplitudes }: SpikeBlock, start: number, end: number): SpikeBlock {
  return {
    values: values.subarray(start, end),
    units: units.subarray(start, end),
    amplitudes: amplitudes?.subarray(start, end),
  };
}
