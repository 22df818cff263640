import type { NumberRange } from "./frame-numbers.ts";

/** Which of the things that are counted from 0 are kept. */
export class Selection {
  readonly #ranges: readonly NumberRange[];
  readonly #keepsListed: boolean;
  /** How many are listed before each range. */
  readonly #listedBefore: readonly number[];

  /**
   * @param ranges ascending, apart from each other
   * @param keepsListed false: all others are kept
   */
  constructor(ranges: readonly NumberRange[], keepsListed: boolean) {
    this.#ranges = ranges;
    this.#keepsListed = keepsListed;
    let listed = 0;
    this.#listedBefore = ranges.map(({ first, end }) => {
      listed += end - first;
      return listed - (end - first);
    });
  }

  /** True when that one is kept. */
  keeps(index: number): boolean {
    return this.before(index + 1) > this.before(index);
  }

  /** How many are kept of those before that index: the place where that one goes, when it is kept. */
  before(index: number): number {
    const listed = this.#listed(index);
    return this.#keepsListed ? listed : index - listed;
  }

  /** The highest number that was listed; -1 when none was. */
  get highest(): number {
    return (this.#ranges.at(-1)?.end ?? 0) - 1;
  }

  /** The first that is kept, when those that are kept follow each other without a gap. */
  firstOfRun(count: number | undefined): number | undefined {
    const [only = { first: 0, end: 0 }, more] = this.#ranges;
    if (more) return undefined;
    if (this.#keepsListed) return only.first;
    if (only.first === 0) return only.end;
    return only.end === count ? 0 : undefined;
  }

  #listed(index: number): number {
    const ranges = this.#ranges;
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ranges[middle] as NumberRange).first < index) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return 0;
    const { first, end } = ranges[low - 1] as NumberRange;
    return (this.#listedBefore[low - 1] as number) + Math.min(end, index) - first;
  }
}
