const limit = 0xffff_ffff;

/** A fraction of two unsigned 32-bit integers, as TIFF's RATIONAL stores it. */
export type Rational = readonly [numerator: number, denominator: number];

/**
 * The fraction of two unsigned 32-bit integers nearest to a positive number, by the number's continued
 * fraction. Undefined for numbers outside that range.
 */
export function toRational(value: number): Rational | undefined {
  if (!(value > 0) || value > limit || value < 1 / limit) return undefined;
  let [previous, current]: [Rational, Rational] = [
    [0, 1],
    [1, 0],
  ];
  let rest = value;
  for (;;) {
    const whole = Math.floor(rest);
    const next: Rational = [whole * current[0] + previous[0], whole * current[1] + previous[1]];
    if (next[0] > limit || next[1] > limit) return current;
    [previous, current] = [current, next];
    if (rest === whole || current[0] / current[1] === value) return current;
    rest = 1 / (rest - whole);
  }
}
