import { add, type Complex, divide, magnitude, multiply, real, squareRoot, subtract } from "./complex.ts";

/** A second-order section: y = (b0 + b1 z^-1 + b2 z^-2) / (1 + a1 z^-1 + a2 z^-2) x. */
export interface Section {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** Edges of a band in hertz; without one of them the band is open on that side. */
export interface Band {
  readonly lowHz: number | null;
  readonly highHz: number | null;
}

/** Largest order: beyond it, rounding spoils narrow bands. */
export const maximumOrder = 12;

/**
 * Digital Butterworth filter as second-order sections: analog prototype, band transform, bilinear transform with the
 * edges prewarped (Oppenheim and Schafer, Discrete-Time Signal Processing, 7.1). Poles are paired with the nearest
 * zeros, those next to the unit circle last: the sections of scipy.signal.butter(..., output="sos").
 *
 * @param order of the prototype; a band of two edges has twice as many poles
 * @param band edges below half the sampling rate, at least one of them
 */
export function butterworth(order: number, band: Band, samplingRateHz: number): Section[] {
  const prototype = Array.from({ length: order }, (_, index) => {
    const angle = (Math.PI * (2 * index - order + 1)) / (2 * order);
    // The middle pole of an odd order is real, exactly.
    return 2 * index + 1 === order ? real(-1) : { re: -Math.cos(angle), im: -Math.sin(angle) };
  });
  return sectionsOf(bilinear(transformed(prototype, band, samplingRateHz)));
}

/** The largest magnitude of a pole: how slowly the filter forgets. */
export function poleRadius(sections: readonly Section[]): number {
  return sections.reduce((most, { a1, a2 }) => Math.max(most, ...rootMagnitudes(a1, a2)), 0);
}

function rootMagnitudes(a1: number, a2: number): number[] {
  const discriminant = a1 * a1 - 4 * a2;
  if (discriminant < 0) return [Math.sqrt(a2)];
  const root = Math.sqrt(discriminant);
  return [Math.abs((-a1 + root) / 2), Math.abs((-a1 - root) / 2)];
}

interface ZerosPolesGain {
  readonly zeros: readonly Complex[];
  readonly poles: readonly Complex[];
  readonly gain: number;
}

/** Twice the sampling rate of the normalised design, as scipy chooses it. */
const doubleRate = 4;

function transformed(prototype: readonly Complex[], { lowHz, highHz }: Band, samplingRateHz: number): ZerosPolesGain {
  const warp = (hz: number) => doubleRate * Math.tan((Math.PI * hz) / samplingRateHz);
  const { length } = prototype;
  if (lowHz === null) {
    const edge = real(warp(highHz as number));
    return { zeros: [], poles: prototype.map((pole) => multiply(edge, pole)), gain: edge.re ** length };
  }
  if (highHz === null) {
    const edge = real(warp(lowHz));
    return { zeros: prototype.map(() => real(0)), poles: prototype.map((pole) => divide(edge, pole)), gain: 1 };
  }
  const [low, high] = [warp(lowHz), warp(highHz)];
  const square = real(low * high);
  const poles = prototype.flatMap((pole) => {
    const half = multiply(pole, real((high - low) / 2));
    const root = squareRoot(subtract(multiply(half, half), square));
    return [add(half, root), subtract(half, root)];
  });
  return { zeros: prototype.map(() => real(0)), poles, gain: (high - low) ** length };
}

function bilinear({ zeros, poles, gain }: ZerosPolesGain): ZerosPolesGain {
  const rate = real(doubleRate);
  const map = (root: Complex) => divide(add(rate, root), subtract(rate, root));
  const product = (roots: readonly Complex[]) =>
    roots.reduce((before, root) => multiply(before, subtract(rate, root)), real(1));
  return {
    zeros: [...zeros.map(map), ...Array.from({ length: poles.length - zeros.length }, () => real(-1))],
    poles: poles.map(map),
    gain: gain * divide(product(zeros), product(poles)).re,
  };
}

/** Real poles of a conjugate pair differ from real by rounding alone. */
const realTolerance = 1e-13;

function sectionsOf({ zeros, poles, gain }: ZerosPolesGain): Section[] {
  const isReal = ({ re, im }: Complex) => Math.abs(im) <= realTolerance * Math.abs(re);
  const byCircle = (a: Complex, b: Complex) => Math.abs(1 - magnitude(a)) - Math.abs(1 - magnitude(b));
  const left = poles.filter((pole) => pole.im > 0 || isReal(pole)).toSorted(byCircle);
  const leftZeros = zeros.map(({ re }) => re);
  const sections: Section[] = [];
  while (left.length > 0) {
    const pole = left.shift() as Complex;
    const partner = isReal(pole) ? left.findIndex(isReal) : -1;
    const other = partner === -1 ? undefined : left.splice(partner, 1)[0];
    const single = isReal(pole) && !other;
    const [first = 0, second = 0] = nearest(leftZeros, pole, single ? 1 : 2);
    const [a1, a2] = !isReal(pole)
      ? [-2 * pole.re, pole.re * pole.re + pole.im * pole.im]
      : [-(pole.re + (other?.re ?? 0)), pole.re * (other?.re ?? 0)];
    sections.unshift({ b0: 1, b1: -(first + second), b2: single ? 0 : first * second, a1, a2 });
  }
  const [head, ...rest] = sections as [Section, ...Section[]];
  return [{ ...head, b0: gain, b1: head.b1 * gain, b2: head.b2 * gain }, ...rest];
}

/** Takes the nearest of the real zeros out of the list. */
function nearest(zeros: number[], { re, im }: Complex, count: number): number[] {
  const ordered = zeros.toSorted((a, b) => Math.hypot(a - re, im) - Math.hypot(b - re, im));
  return ordered.slice(0, count).map((zero) => zeros.splice(zeros.indexOf(zero), 1)[0] as number);
}
