import { type DatasetStream, defineStep, SluiceError } from "@sluice/core";
import { type Frame, MemoryClass, type Problem } from "@sluice/proto";
import * as v from "valibot";
import { Results } from "../../spikes/results.ts";
import { unitAxis } from "../../spikes/trains-step.ts";
import {
  filterEntry,
  planWaveforms,
  WaveformPass,
  type WaveformPlan,
  windowEntries,
} from "../../spikes/waveform-pass.ts";
import { version } from "../../version.ts";

const parameters = v.strictObject({ ...windowEntries, filter: filterEntry(true) });

/**
 * Quality of each unit by its waveforms: `snr` = largest |mean waveform| over all channels / noise of that channel
 * (median absolute deviation / 0.6745), `std_norm` = population standard deviation there / that amplitude. NaN for
 * units without a whole waveform. Two passes.
 */
export const quality = defineStep({
  name: "spikes.quality",
  summary: "Signal to noise and stability of each unit's waveforms.",
  version,
  memory: MemoryClass.MEMORY_CLASS_TWO_PASS,
  parameters,
  check: (header, given) => {
    const plan = planWaveforms(header, given);
    return "problems" in plan ? plan.problems : [];
  },
  apply: (input, given, signal) => {
    const plan = planWaveforms(input.header, given);
    if ("problems" in plan) throw new SluiceError(plan.problems[0] as Problem);
    const axes = [unitAxis(plan.outline)];
    const unit = plan.recording.array.unit;
    const results = new Results(input.header, [
      { name: "snr", dataType: "float64", axes, description: "largest |mean waveform| / noise of its channel" },
      { name: "std_norm", dataType: "float64", axes, description: "standard deviation at the peak / amplitude" },
      { name: "peak_channel", dataType: "int32", axes, description: "channel of the largest amplitude; -1: none" },
      { name: "peak_amplitude", dataType: "float64", axes, unit, description: "mean waveform at its peak" },
    ]);
    return { header: results.header(), frames: measure(input, plan, results, signal) };
  },
});

async function* measure(
  input: DatasetStream,
  plan: WaveformPlan,
  results: Results,
  signal: AbortSignal,
): AsyncGenerator<Frame> {
  const pass = new WaveformPass(plan);
  const { units } = plan.outline;
  const peak = { channel: new Int32Array(units).fill(-1), amplitude: new Float64Array(units).fill(Number.NaN) };
  const [snr, stdNorm] = [new Float64Array(units).fill(Number.NaN), new Float64Array(units).fill(Number.NaN)];
  try {
    yield* pass.frames(input);
    for await (const { channel, noise, means, squares, counts } of pass.channels(pass.spikes())) {
      signal.throwIfAborted();
      for (const [unit, count] of counts.entries()) {
        if (count === 0) continue;
        const at = largest(means, unit * plan.length, plan.length);
        const amplitude = means[at] as number;
        if (Math.abs(amplitude) <= Math.abs(peak.amplitude[unit] as number)) continue;
        peak.channel[unit] = channel;
        peak.amplitude[unit] = amplitude;
        snr[unit] = Math.abs(amplitude) / noise;
        stdNorm[unit] = Math.sqrt((squares[at] as number) / count) / Math.abs(amplitude);
      }
    }
    yield* results.frames(["snr", snr]);
    yield* results.frames(["std_norm", stdNorm]);
    yield* results.frames(["peak_channel", peak.channel]);
    yield* results.frames(["peak_amplitude", peak.amplitude]);
  } finally {
    await pass.close();
  }
}

function largest(values: Float64Array, start: number, length: number): number {
  let best = start;
  for (let at = start; at < start + length; at++) {
    if (Math.abs(values[at] as number) > Math.abs(values[best] as number)) best = at;
  }
  return best;
}
