/** Numbers of which it is not known how many there will be. */
export class NumberList {
  #values = new Float64Array(16);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow(1);
    this.#values[this.#length++] = value;
  }

  append(values: Float64Array): void {
    if (this.#length + values.length > this.#values.length) this.#grow(values.length);
    this.#values.set(values, this.#length);
    this.#length += values.length;
  }

  /** The numbers so far, without a copy: to be read before more are added. */
  values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }

  #grow(more: number): void {
    const larger = new Float64Array(Math.max(2 * this.#values.length, this.#length + more));
    larger.set(this.values());
    this.#values = larger;
  }
}
