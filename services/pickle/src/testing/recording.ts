import { expect } from "@jest/globals";
import { type Made, unpickle } from "./unpickle.ts";
import { arrayOf } from "./unpickled.ts";

/** An object of SpikeLab's class SpikeData, as a pickle describes it. */
export interface Recording {
  readonly fields: readonly string[];
  readonly trains: number[][];
  readonly raw: ReturnType<typeof arrayOf>;
  readonly rawTimes: number[];
  readonly rest: Record<string, unknown>;
}

/** The object that a pickle is. */
export function recording(bytes: Uint8Array): Recording {
  const made = unpickle(bytes) as Made;
  expect([made.by, made.parameters]).toEqual(["spikelab.spikedata.spikedata.SpikeData", []]);
  const { train, raw_data, raw_time, ...rest } = Object.fromEntries(made.state as Map<string, unknown>);
  return {
    fields: [...(made.state as Map<string, unknown>).keys()],
    trains: (train as unknown[]).map(numbers),
    raw: arrayOf(raw_data),
    rawTimes: numbers(raw_time),
    rest,
  };
}

/** Values of an array of float64 with one axis. */
export function numbers(value: unknown): number[] {
  const { dataType, shape, bytes } = arrayOf(value);
  expect([dataType, shape.length]).toEqual(["float64", 1]);
  return [...new Float64Array(bytes.buffer)];
}
