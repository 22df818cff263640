import type { Section } from "./butterworth.ts";

/**
 * Runs samples through second-order sections in place, forwards or backwards; `state` holds two numbers a section
 * (direct form II transposed) and goes on from call to call.
 *
 * Three sections at a time: the processor works on the next sample in the first while this one is in the last.
 */
export function runCascade(
  sections: readonly Section[],
  values: Float64Array,
  range: { readonly start: number; readonly end: number; readonly backwards: boolean },
  state: Float64Array,
): void {
  let index = 0;
  for (; index + 3 <= sections.length; index += 3) runThree(sections, index, values, range, state);
  for (; index < sections.length; index++) runOne(sections[index] as Section, index, values, range, state);
}

/** State in which a constant input of 1 gives a constant output: the step response at rest, section by section. */
export function restingState(sections: readonly Section[]): Float64Array {
  const state = new Float64Array(2 * sections.length);
  let input = 1;
  for (const [index, { b0, b1, b2, a1, a2 }] of sections.entries()) {
    const gain = (b0 + b1 + b2) / (1 + a1 + a2);
    state[2 * index] = input * (gain - b0);
    state[2 * index + 1] = input * (b2 - a2 * gain);
    input *= gain;
  }
  return state;
}

type Range = Parameters<typeof runCascade>[2];

function runOne(
  { b0, b1, b2, a1, a2 }: Section,
  index: number,
  values: Float64Array,
  { start, end, backwards }: Range,
  state: Float64Array,
): void {
  let s0 = state[2 * index] as number;
  let s1 = state[2 * index + 1] as number;
  const step = backwards ? -1 : 1;
  for (let at = backwards ? end - 1 : start, left = end - start; left > 0; left--, at += step) {
    const x = values[at] as number;
    const y = b0 * x + s0;
    s0 = b1 * x - a1 * y + s1;
    s1 = b2 * x - a2 * y;
    values[at] = y;
  }
  state[2 * index] = s0;
  state[2 * index + 1] = s1;
}

function runThree(
  sections: readonly Section[],
  index: number,
  values: Float64Array,
  { start, end, backwards }: Range,
  state: Float64Array,
): void {
  const { b0, b1, b2, a1, a2 } = sections[index] as Section;
  const { b0: c0, b1: c1, b2: c2, a1: d1, a2: d2 } = sections[index + 1] as Section;
  const { b0: e0, b1: e1, b2: e2, a1: f1, a2: f2 } = sections[index + 2] as Section;
  const place = 2 * index;
  let s0 = state[place] as number;
  let s1 = state[place + 1] as number;
  let t0 = state[place + 2] as number;
  let t1 = state[place + 3] as number;
  let u0 = state[place + 4] as number;
  let u1 = state[place + 5] as number;
  const step = backwards ? -1 : 1;
  for (let at = backwards ? end - 1 : start, left = end - start; left > 0; left--, at += step) {
    const x = values[at] as number;
    const y = b0 * x + s0;
    s0 = b1 * x - a1 * y + s1;
    s1 = b2 * x - a2 * y;
    const z = c0 * y + t0;
    t0 = c1 * y - d1 * z + t1;
    t1 = c2 * y - d2 * z;
    const w = e0 * z + u0;
    u0 = e1 * z - f1 * w + u1;
    u1 = e2 * z - f2 * w;
    values[at] = w;
  }
  state[place] = s0;
  state[place + 1] = s1;
  state[place + 2] = t0;
  state[place + 3] = t1;
  state[place + 4] = u0;
  state[place + 5] = u1;
}
