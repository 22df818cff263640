import { warning } from "@sluice/core";
import type { Problem } from "@sluice/proto";

/** How a container counts the time for which a frame is shown. */
export interface DelayRule {
  readonly ticksPerSecond: number;
  /** Fewer ticks are shown as another time by common players. */
  readonly leastTicks: number;
  readonly mostTicks: number;
}

/**
 * Delays of frames in ticks, asked for frame by frame. Each frame ends at its true time, rounded to a tick, so that
 * rounding does not add up; after a frame that had to stay for longer, the following catch up where they can.
 */
export class Delays {
  /** Frames that begin later than they should, or are shown for less than they should. */
  late = 0;
  cut = 0;
  readonly #secondsAt: (index: number) => number;
  readonly #rule: DelayRule;
  readonly #speed: number;
  #shown = 0;
  #due = 0;
  #frames = 0;

  constructor(secondsAt: (index: number) => number, rule: DelayRule, speed: number) {
    this.#secondsAt = secondsAt;
    this.#rule = rule;
    this.#speed = speed;
  }

  /** Ticks for which the next frame is shown. */
  next(): number {
    const { ticksPerSecond, leastTicks, mostTicks } = this.#rule;
    this.#frames++;
    const seconds = (this.#secondsAt(this.#frames) - this.#secondsAt(0)) / this.#speed;
    this.#due = roundHalfUp(seconds * ticksPerSecond);
    const wanted = this.#due - this.#shown;
    const ticks = Math.min(mostTicks, Math.max(leastTicks, wanted));
    if (ticks > wanted) this.late++;
    if (ticks < wanted) {
      // What a frame cannot hold is lost, not passed on to the next.
      this.cut++;
      this.#shown = this.#due;
    } else this.#shown += ticks;
    return ticks;
  }

  /** What the frames taken so far had to give up. */
  warnings(): Problem[] {
    const { ticksPerSecond, leastTicks, mostTicks } = this.#rule;
    const slowed = warning({
      reason: "PLAYBACK_SLOWED",
      message:
        `${this.late} of ${this.#frames} frames are shown for longer than they lasted, because players do not keep to ` +
        `less than ${leastTicks / ticksPerSecond} s; the movie plays at ${percent(this.#due / this.#shown)} of its speed.`,
      field: "options.speed",
      got: `${this.#due / ticksPerSecond} s`,
      allowed: [`${this.#shown / ticksPerSecond} s`],
      remedy: "Set speed below 1 for a movie in even slow motion, or select fewer frames.",
    });
    const shortened = warning({
      reason: "PLAYBACK_SHORTENED",
      message: `${this.cut} of ${this.#frames} frames are shown for ${mostTicks / ticksPerSecond} s, the most that the format holds.`,
      field: "options.speed",
      got: String(this.#speed),
      allowed: ["a speed at which no frame is shown for longer"],
      remedy: "Set speed above 1 for time lapse.",
    });
    return [...(this.#shown > this.#due ? [slowed] : []), ...(this.cut > 0 ? [shortened] : [])];
  }
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** 982.4999999999999, which is what 100 * 9.825 may come to, is meant as 982.5. */
function roundHalfUp(value: number): number {
  return Math.round(value * (1 + 4 * Number.EPSILON));
}
