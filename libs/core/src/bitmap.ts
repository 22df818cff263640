/** One bit for each of a known count of things; runs are set and asked for by bytes. */
export class Bitmap {
  readonly #bytes: Uint8Array;

  constructor(count: number) {
    this.#bytes = new Uint8Array(Math.ceil(count / 8));
  }

  has(index: number): boolean {
    return ((this.#bytes[Math.floor(index / 8)] as number) & (1 << (index % 8))) !== 0;
  }

  /** Sets `length` >= 1 bits from `start` on. */
  setRun(start: number, length: number): void {
    const { first, last, firstMask, lastMask } = span(start, length);
    const bytes = this.#bytes;
    if (first === last) {
      bytes[first] = (bytes[first] as number) | (firstMask & lastMask);
      return;
    }
    bytes[first] = (bytes[first] as number) | firstMask;
    bytes.fill(0xff, first + 1, last);
    bytes[last] = (bytes[last] as number) | lastMask;
  }

  /** True when any of `length` >= 1 bits from `start` on is set. */
  someOf(start: number, length: number): boolean {
    const { first, last, firstMask, lastMask } = span(start, length);
    const bytes = this.#bytes;
    if (first === last) return ((bytes[first] as number) & firstMask & lastMask) !== 0;
    if (((bytes[first] as number) & firstMask) !== 0 || ((bytes[last] as number) & lastMask) !== 0) return true;
    for (let index = first + 1; index < last; index++) if (bytes[index] !== 0) return true;
    return false;
  }

  /** Indices of the bits that are set, ascending. */
  *indices(): Generator<number> {
    for (const [byte, bits] of this.#bytes.entries()) {
      if (bits === 0) continue;
      for (let bit = 0; bit < 8; bit++) if (bits & (1 << bit)) yield byte * 8 + bit;
    }
  }
}

/** The bytes that a run of bits touches, and the bits of the run in the first and in the last of them. */
function span(start: number, length: number) {
  const end = start + length;
  return {
    first: Math.floor(start / 8),
    last: Math.floor((end - 1) / 8),
    firstMask: (0xff << (start % 8)) & 0xff,
    lastMask: 0xff >> (7 - ((end - 1) % 8)),
  };
}
