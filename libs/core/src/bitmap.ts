/** One bit for each of a known count of things. Runs are set and searched a byte at a time. */
export class Bitmap {
  readonly #bytes: Uint8Array;

  constructor(count: number) {
    this.#bytes = new Uint8Array(Math.ceil(count / 8));
  }

  has(index: number): boolean {
    return (this.#byte(Math.floor(index / 8)) & (1 << (index % 8))) !== 0;
  }

  /** Sets the bits from `start` to before `end`. */
  setRun(start: number, end: number): void {
    let index = start;
    for (; index < end && index % 8 !== 0; index++) this.#set(index);
    const wholeEnd = end - (end % 8);
    if (index < wholeEnd) {
      this.#bytes.fill(0xff, index / 8, wholeEnd / 8);
      index = wholeEnd;
    }
    for (; index < end; index++) this.#set(index);
  }

  /** The first bit from `start` to before `end` that is set, or clear if `value` is false; `end` if there is none. */
  find(value: boolean, start: number, end: number): number {
    const none = value ? 0 : 0xff;
    let index = start;
    while (index < end) {
      if (index % 8 === 0 && this.#byte(index / 8) === none) index += 8;
      else if (this.has(index) === value) return index;
      else index++;
    }
    return end;
  }

  /** Bits that are set, ascending. */
  *indices(): Generator<number> {
    const end = this.#bytes.length * 8;
    for (let index = this.find(true, 0, end); index < end; index = this.find(true, index + 1, end)) yield index;
  }

  #set(index: number): void {
    const byte = Math.floor(index / 8);
    this.#bytes[byte] = this.#byte(byte) | (1 << (index % 8));
  }

  #byte(index: number): number {
    return this.#bytes[index] as number;
  }
}
