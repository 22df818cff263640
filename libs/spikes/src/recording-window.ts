import { Code, SluiceError } from "@sluice/core";
import type { SpikeTrains } from "@sluice/proto";
import { loadedMs, type TimeScale } from "./time-unit.ts";

/** Rounding that conversions of times may leave: a few units in the last place. */
const tolerance = 4 * Number.EPSILON;

/**
 * The time that a recording covers. Takes every spike, and says at the end which `start_time` and `length_ms` the file
 * must have so that SpikeLab's loader, which computes in milliseconds, finds none of them outside.
 */
export class RecordingWindow {
  readonly #field: string;
  readonly #startSeconds: number;
  readonly #durationSeconds: number | undefined;
  readonly #first: number;
  readonly #last: number;
  #earliest = Number.POSITIVE_INFINITY;
  #latest = Number.NEGATIVE_INFINITY;

  /** @param field of the times, for errors */
  constructor({ startTimeSeconds, durationSeconds }: SpikeTrains, field: string) {
    this.#field = field;
    this.#startSeconds = startTimeSeconds;
    this.#durationSeconds = durationSeconds;
    const end = startTimeSeconds + (durationSeconds ?? Number.POSITIVE_INFINITY);
    const slack = tolerance * Math.max(Math.abs(startTimeSeconds), Number.isFinite(end) ? Math.abs(end) : 0);
    this.#first = startTimeSeconds - slack;
    this.#last = end + slack;
  }

  /**
   * Takes spikes of a unit, in seconds.
   *
   * @throws SluiceError SPIKE_TIME_INVALID for NaN and infinity, SPIKE_OUTSIDE_RECORDING
   */
  take(seconds: Float64Array, unit: number): void {
    const [first, last] = [this.#first, this.#last];
    let [earliest, latest] = [this.#earliest, this.#latest];
    for (let index = 0; index < seconds.length; index++) {
      const time = seconds[index] as number;
      if (!(time >= first && time <= last && time < Number.POSITIVE_INFINITY)) throw this.#error(time, unit);
      if (time < earliest) earliest = time;
      if (time > latest) latest = time;
    }
    this.#earliest = earliest;
    this.#latest = latest;
  }

  /** Attributes of the file, in milliseconds. */
  asLoaded(scale: TimeScale): { startMs: number; lengthMs: number } {
    const startMs = this.#startSeconds * 1e3;
    const empty = this.#latest < this.#earliest;
    const earliestMs = empty ? startMs : Math.min(startMs, loadedMs(this.#earliest, scale));
    const latestMs = empty ? startMs : loadedMs(this.#latest, scale);
    const known = this.#durationSeconds === undefined ? 0 : this.#durationSeconds * 1e3;
    const own = earliestMs === startMs ? known : known + (startMs - earliestMs);
    let lengthMs = this.#durationSeconds === undefined ? Math.max(0, latestMs - earliestMs) : own;
    if (earliestMs + lengthMs < latestMs) lengthMs = latestMs - earliestMs;
    while (earliestMs + lengthMs < latestMs) lengthMs = nextUp(lengthMs, latestMs);
    return { startMs: earliestMs, lengthMs };
  }

  #error(time: number, unit: number): SluiceError {
    const finite = Number.isFinite(time);
    const end = this.#durationSeconds === undefined ? "" : ` to ${this.#startSeconds + this.#durationSeconds}`;
    return new SluiceError({
      reason: finite ? "SPIKE_OUTSIDE_RECORDING" : "SPIKE_TIME_INVALID",
      message: finite
        ? `A spike of unit ${unit} lies ${time < this.#first ? "before the start" : "behind the end"} of the recording.`
        : `A spike time of unit ${unit} is no number.`,
      field: this.#field,
      got: `${time} s`,
      allowed: [finite ? `from ${this.#startSeconds}${end} s` : "finite numbers"],
      remedy: finite ? "Correct the times, or the start and duration of the recording." : "Leave such spikes out.",
      grpcCode: Code.FAILED_PRECONDITION,
    });
  }
}

/** A greater number that changes a sum of the size of `scale`. */
function nextUp(value: number, scale: number): number {
  return value + Number.EPSILON * Math.max(Math.abs(value), Math.abs(scale));
}
