/** Bytes that may be under way at once; who asks first is served first. */
export class ByteBudget {
  readonly #most: number;
  #free: number;
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = [];

  constructor(bytes: number) {
    this.#most = bytes;
    this.#free = bytes;
  }

  /** Waits until so many bytes are free, and takes them; more than the whole budget waits until all is free. */
  async take(bytes: number): Promise<() => void> {
    const taken = Math.min(bytes, this.#most);
    if (this.#waiting.length > 0 || this.#free < taken) {
      await new Promise<void>((go) => this.#waiting.push({ bytes: taken, go }));
    } else {
      this.#free -= taken;
    }
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#free += taken;
      this.#serve();
    };
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next && next.bytes <= this.#free; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= next.bytes;
      next.go();
    }
  }
}
