import { poleRadius, type Section } from "./butterworth.ts";
import { restingState, runCascade } from "./section-cascade.ts";

/** What is left of a start that was guessed when the samples before it have run through the filter. */
const forgotten = 1e-19;
const leastBlock = 16_384;

/** How a filter runs over a stream in both directions. */
export interface ZeroPhasePlan {
  readonly sections: readonly Section[];
  /** Samples by which the record is continued on both ends (odd extension), as scipy.signal.sosfiltfilt does. */
  readonly edge: number;
  /** Samples behind a block that the backward run begins with. */
  readonly lookahead: number;
  /** Samples that are given out at once. */
  readonly block: number;
}

/** Lengths that make the result on a stream equal to that on the whole record. */
export function planZeroPhase(sections: readonly Section[]): ZeroPhasePlan {
  const first = sections.filter(({ b2 }) => b2 === 0).length;
  const edge = 3 * (2 * sections.length + 1 - Math.min(first, sections.filter(({ a2 }) => a2 === 0).length));
  const radius = Math.min(poleRadius(sections), 1 - Number.EPSILON);
  const lookahead = Math.max(edge, Math.ceil(Math.log(forgotten) / Math.log(radius)));
  return { sections, edge, lookahead, block: Math.max(leastBlock, 4 * lookahead) };
}

/** Samples that a filter holds at most before it gives some out. */
export function heldSamples({ block, lookahead, edge }: ZeroPhasePlan): number {
  return block + lookahead + edge;
}

/** Bytes that a filter holds for one channel. */
export function zeroPhaseBytes(plan: ZeroPhasePlan): number {
  return 8 * (heldSamples(plan) + plan.edge);
}

/**
 * Filters the samples of one channel forwards and backwards while they come, so that nothing is shifted in time.
 *
 * The forward run keeps its state. The backward run of a block begins `lookahead` samples behind it, from a state that
 * is guessed and forgotten until the block is reached: results are those of scipy.signal.sosfiltfilt on the whole
 * record to 1e-12 of the largest value. Any cut of the samples into pieces gives the same bits.
 */
export class ZeroPhaseFilter {
  readonly #plan: ZeroPhasePlan;
  readonly #resting: Float64Array;
  readonly #state: Float64Array;
  /** Samples after the forward run that are not given out yet. */
  readonly #forward: Float64Array;
  /** Samples after the backward run. */
  readonly #done: Float64Array;
  #held = 0;
  /** The first samples, until there are enough to continue the record before its start. */
  #head: Float64Array | undefined;
  /** The last samples as they came, oldest first. */
  readonly #last: Float64Array;
  /** Samples that came. */
  #count = 0;

  /**
   * @param done room of {@link heldSamples}, for the backward run: filters of one thread share it
   * @param forward room of as many, for what waits for the backward run
   */
  constructor(
    plan: ZeroPhasePlan,
    done: Float64Array = new Float64Array(heldSamples(plan)),
    forward: Float64Array = new Float64Array(heldSamples(plan)),
  ) {
    this.#plan = plan;
    this.#done = done;
    this.#forward = forward;
    this.#resting = restingState(plan.sections);
    this.#state = new Float64Array(this.#resting.length);
    this.#head = new Float64Array(plan.edge + 1);
    this.#last = new Float64Array(plan.edge + 1);
  }

  /** Takes samples and gives those that are done to `emit`, in a view that does not last. */
  push(samples: Float64Array, emit: (filtered: Float64Array) => void): void {
    let from = 0;
    if (this.#head) {
      const room = this.#head.length - this.#count;
      from = Math.min(room, samples.length);
      this.#head.set(samples.subarray(0, from), this.#count);
      this.#count += from;
      if (this.#count < this.#head.length) return;
      const head = this.#head;
      this.#head = undefined;
      this.#start(head);
      this.#last.set(head);
      this.#append(head, emit);
    }
    if (from === samples.length) return;
    const rest = from === 0 ? samples : samples.subarray(from);
    this.#count += rest.length;
    this.#keepLast(rest);
    this.#append(rest, emit);
  }

  /**
   * Gives the rest. False, and nothing is given, when the record is too short to be continued on its ends
   * (`edge` samples or fewer).
   */
  finish(emit: (filtered: Float64Array) => void): boolean {
    if (this.#head) return this.#count === 0;
    const { sections, edge } = this.#plan;
    const last = this.#last[edge] as number;
    const held = this.#held;
    for (let index = 0; index < edge; index++) {
      this.#forward[held + index] = 2 * last - (this.#last[edge - 1 - index] as number);
    }
    const end = held + edge;
    runCascade(sections, this.#forward, { start: held, end, backwards: false }, this.#state);
    emit(this.#backwards(end).subarray(0, held));
    this.#held = 0;
    return true;
  }

  #start(head: Float64Array): void {
    const { sections, edge } = this.#plan;
    const before = Float64Array.from(
      { length: edge },
      (_, index) => 2 * (head[0] as number) - (head[edge - index] as number),
    );
    for (const [index, value] of this.#resting.entries()) this.#state[index] = value * (before[0] as number);
    runCascade(sections, before, { start: 0, end: edge, backwards: false }, this.#state);
  }

  #append(samples: Float64Array, emit: (filtered: Float64Array) => void): void {
    const { sections, block, lookahead } = this.#plan;
    const full = block + lookahead;
    for (let from = 0; from < samples.length; ) {
      const count = Math.min(samples.length - from, full - this.#held);
      this.#forward.set(samples.subarray(from, from + count), this.#held);
      const range = { start: this.#held, end: this.#held + count, backwards: false };
      runCascade(sections, this.#forward, range, this.#state);
      this.#held += count;
      from += count;
      if (this.#held < full) return;
      emit(this.#backwards(full).subarray(0, block));
      this.#forward.copyWithin(0, block, full);
      this.#held = lookahead;
    }
  }

  /** The backward run over the first `end` samples that are held. */
  #backwards(end: number): Float64Array {
    const values = this.#done.subarray(0, end);
    values.set(this.#forward.subarray(0, end));
    const last = values[end - 1] as number;
    const state = this.#resting.map((value) => value * last);
    runCascade(this.#plan.sections, values, { start: 0, end, backwards: true }, state);
    return values;
  }

  #keepLast(samples: Float64Array): void {
    const { length } = this.#last;
    if (samples.length >= length) return this.#last.set(samples.subarray(samples.length - length));
    this.#last.copyWithin(0, samples.length);
    this.#last.set(samples, length - samples.length);
  }
}
