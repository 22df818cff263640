import { problem } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import * as v from "valibot";
import { type Band, butterworth, maximumOrder } from "../numeric/butterworth.ts";
import { planZeroPhase, type ZeroPhasePlan, zeroPhaseBytes } from "../numeric/zero-phase.ts";
import type { RawRecording } from "./raw-recording.ts";

const hertz = v.nullable(v.pipe(v.number(), v.finite(), v.gtValue(0)));

/** Parameters of a Butterworth filter that runs forwards and backwards. */
export const bandEntries = {
  lowHz: v.pipe(v.optional(hertz, 300), v.description("Lower edge of the pass band in Hz; null: none.")),
  highHz: v.pipe(v.optional(hertz, 6000), v.description("Upper edge of the pass band in Hz; null: none.")),
  order: v.pipe(
    v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maximumOrder)), 3),
    v.description("Order of the Butterworth prototype; running both ways doubles it, a band doubles it again."),
  ),
};

export interface BandParameters extends Band {
  readonly order: number;
}

/** The filter of one channel, and the room for its backward run. */
const mostBytes = 2 ** 30;

/** The filter for a recording, or what speaks against it: BAND_INVALID, FILTER_TOO_LONG, RECORDING_TOO_SHORT. */
export function planBand({ lowHz, highHz, order }: BandParameters, recording: RawRecording): ZeroPhasePlan | Problem {
  const { samplingRateHz, samples } = recording;
  const isBand = (lowHz ?? 0) < (highHz ?? samplingRateHz / 2) && (highHz ?? lowHz ?? Infinity) < samplingRateHz / 2;
  if (!isBand) {
    return problem({
      reason: "BAND_INVALID",
      message: "The edges of the pass band do not fit the sampling rate.",
      field: "lowHz, highHz",
      got: `${lowHz} to ${highHz} Hz at ${samplingRateHz} samples a second`,
      allowed: [`0 < lowHz < highHz < ${samplingRateHz / 2}, one of them null for an open side`],
      remedy: "Correct the edges, or filter=false.",
    });
  }
  const plan = planZeroPhase(butterworth(order, { lowHz, highHz }, samplingRateHz));
  const bytes = 2 * zeroPhaseBytes(plan);
  if (!(bytes <= mostBytes)) {
    return problem({
      reason: "FILTER_TOO_LONG",
      message: "The filter remembers so long that a block of one channel would fill the memory.",
      field: "lowHz",
      got: `${Math.round(bytes / 2 ** 20)} MiB for one channel`,
      allowed: [`${mostBytes / 2 ** 20} MiB`],
      remedy: "Raise lowHz or lower the order.",
    });
  }
  if (samples !== undefined && samples <= plan.edge) return tooShort(plan.edge, samples);
  return plan;
}

/** True for a filter. */
export function isPlan(candidate: ZeroPhasePlan | Problem): candidate is ZeroPhasePlan {
  return "sections" in candidate;
}

export function tooShort(edge: number, samples: number): Problem {
  return problem({
    reason: "RECORDING_TOO_SHORT",
    message: "The recording is too short to be filtered in both directions.",
    field: "order",
    got: `${samples} samples`,
    allowed: [`more than ${edge} samples`],
    remedy: "Lower the order, or filter=false.",
  });
}
