import { asBytes } from "@sluice/core";

/** Units in which files keep spike times; on the wire they are seconds. */
export const timeUnits = ["s", "ms", "samples"] as const;

export type TimeUnit = (typeof timeUnits)[number];

/** A unit with what it takes to convert: the rate belongs to samples alone. */
export type TimeScale = { readonly unit: "s" | "ms" } | { readonly unit: "samples"; readonly samplingRateHz: number };

/** Times as they stand in a file; not to be changed. */
export interface StoredTimes {
  readonly type: "float64" | "int64";
  readonly bytes: Uint8Array;
}

const twoToMinus32 = 2 ** -32;

/**
 * Seconds in the unit of the file. Seconds stand as they are, milliseconds are `x * 1e3`, samples the nearest integer,
 * ties to even.
 */
export function storedTimes(seconds: Float64Array, scale: TimeScale): StoredTimes {
  if (scale.unit === "samples") return { type: "int64", bytes: int64Bytes(samplesOf(seconds, scale)) };
  return { type: "float64", bytes: asBytes(scale.unit === "s" ? seconds : milliseconds(seconds)) };
}

/** Type of {@link storedTimes}. */
export function storedType({ unit }: TimeScale): StoredTimes["type"] {
  return unit === "samples" ? "int64" : "float64";
}

/** The value in milliseconds that the file gives to SpikeLab's loader (`to_ms` of its spikedata/utils.py). */
export function loadedMs(seconds: number, scale: TimeScale): number {
  if (scale.unit === "samples") return (sampleOf(seconds, scale) / scale.samplingRateHz) * 1e3;
  return seconds * 1e3;
}

/** Times of a file in seconds, in place. */
export function toSeconds(stored: Float64Array, scale: TimeScale): Float64Array {
  if (scale.unit === "s") return stored;
  const rate = scale.unit === "samples" ? scale.samplingRateHz : 1e3;
  for (let index = 0; index < stored.length; index++) stored[index] = (stored[index] as number) / rate;
  return stored;
}

/** Bytes of little-endian int64, one for each value, of integers below 2^53. */
export function int64Bytes(integers: Float64Array): Uint8Array {
  const words = new Uint32Array(2 * integers.length);
  for (let index = 0; index < integers.length; index++) {
    const integer = integers[index] as number;
    words[2 * index] = integer;
    words[2 * index + 1] = Math.floor(integer * twoToMinus32);
  }
  return new Uint8Array(words.buffer);
}

function samplesOf(seconds: Float64Array, scale: { readonly samplingRateHz: number }): Float64Array {
  const samples = new Float64Array(seconds.length);
  for (let index = 0; index < samples.length; index++) samples[index] = sampleOf(seconds[index] as number, scale);
  return samples;
}

function milliseconds(seconds: Float64Array): Float64Array {
  const values = new Float64Array(seconds.length);
  for (let index = 0; index < values.length; index++) values[index] = (seconds[index] as number) * 1e3;
  return values;
}

/** The nearest sample, ties to even. SpikeLab's formula (`times_from_ms`): the same samples as from its own exporter. */
export function sampleOf(seconds: number, { samplingRateHz }: { readonly samplingRateHz: number }): number {
  return sampleNear(seconds, samplingRateHz / 1e3);
}

/** The same of a rate in samples a millisecond. */
export function sampleNear(seconds: number, samplesPerMs: number): number {
  // Adding 0 makes 0 of -0, which no integer is.
  return roundHalfToEven(seconds * 1e3 * samplesPerMs) + 0;
}

/** The nearest integer, ties to even, as IEEE 754 and numpy.rint round. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
