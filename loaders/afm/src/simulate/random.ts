/** Random numbers that are the same for the same seed, on every machine. */
export class Random {
  #state: number;
  #spare: number | undefined;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1): mulberry32 by Tommy Ettinger (2017, public domain), a 32-bit generator of period 2^32. */
  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Normal with mean 0 and deviation 1, by the polar method (Marsaglia and Bray 1964), which makes them in pairs. */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const x = this.between(-1, 1);
      const y = this.between(-1, 1);
      const squared = x * x + y * y;
      if (squared === 0 || squared >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(squared)) / squared);
      this.#spare = y * factor;
      return x * factor;
    }
  }
}
