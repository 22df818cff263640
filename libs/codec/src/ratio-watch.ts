/** Relative change of the running ratio that calls for a new probe. */
const tolerance = 0.15;
/** Part of their weight that earlier chunks keep when one more is counted. */
const memory = 0.75;
/** Chunks between a probe and the next: few at first, doubled while probes confirm the choice. */
const patience = { first: 2, largest: 256 };

/** Notices that chunks no longer compress as they did when their strategy was chosen. */
export class RatioWatch {
  #raw = 0;
  #stored = 0;
  #counted = 0;
  #expected: number | undefined;
  #patience = patience.first;

  /** Counts one chunk of `raw` bytes, compressed to `stored` bytes by the strategy in use. Empty ones do not count. */
  count(raw: number, stored: number): void {
    if (raw === 0) return;
    this.#raw = this.#raw * memory + raw;
    this.#stored = this.#stored * memory + stored;
    this.#counted += 1;
    this.#expected ??= stored / raw;
  }

  /** True when the running ratio is off what is expected and the last probe is long enough ago. */
  get drifted(): boolean {
    if (this.#expected === undefined || this.#counted < this.#patience) return false;
    return Math.abs(this.#stored / this.#raw - this.#expected) > tolerance * this.#expected;
  }

  /** A probe chose the same strategy again: what was seen is what to expect, and the next probe may wait longer. */
  confirm(): void {
    this.#expected = this.#stored / this.#raw;
    this.#counted = 0;
    this.#patience = Math.min(patience.largest, 2 * this.#patience);
  }

  /** A probe chose another strategy: its first chunk sets what to expect. */
  restart(): void {
    this.#raw = 0;
    this.#stored = 0;
    this.#counted = 0;
    this.#expected = undefined;
    this.#patience = patience.first;
  }
}
