/** A chunk in the file. */
export interface ChunkRecord {
  /** Number of the chunk in its grid, counted in C order. */
  readonly cell: number;
  readonly address: number;
  readonly bytes: number;
  /** Bit n is set where filter n was left out. */
  readonly filterMask: number;
}

const firstCapacity = 4;

/** Where the chunks of one dataset are: 21 bytes for each, and some 40 more when they come in any order. */
export class ChunkIndex {
  #count = 0;
  #cells = new Float64Array(firstCapacity);
  #addresses = new Float64Array(firstCapacity);
  #lengths = new Uint32Array(firstCapacity);
  #masks = new Uint8Array(firstCapacity);
  #greatest = -1;
  /** All cells, once one came after a greater one. */
  #known: Set<number> | undefined;

  get count(): number {
    return this.#count;
  }

  /** The same chunks, to which others can be added without changing these. */
  copy(): ChunkIndex {
    const copy = new ChunkIndex();
    copy.#count = this.#count;
    copy.#cells = this.#cells.slice();
    copy.#addresses = this.#addresses.slice();
    copy.#lengths = this.#lengths.slice();
    copy.#masks = this.#masks.slice();
    copy.#greatest = this.#greatest;
    copy.#known = this.#known && new Set(this.#known);
    return copy;
  }

  /** Takes the place of a chunk that is to come; undefined when the cell has one already. */
  claim(cell: number): number | undefined {
    if (cell > this.#greatest) this.#greatest = cell;
    else {
      this.#known ??= new Set(this.#cells.subarray(0, this.#count));
      if (this.#known.has(cell)) return undefined;
    }
    this.#known?.add(cell);
    if (this.#count === this.#cells.length) this.#grow();
    this.#cells[this.#count] = cell;
    return this.#count++;
  }

  /** The chunk of this place is in the file. */
  set(place: number, { address, bytes, filterMask }: Omit<ChunkRecord, "cell">): void {
    this.#addresses[place] = address;
    this.#lengths[place] = bytes;
    this.#masks[place] = filterMask;
  }

  /** All chunks, ascending by cell, in whatever order they came. */
  *sorted(): Generator<ChunkRecord> {
    const order = this.#known && this.#order();
    for (let rank = 0; rank < this.#count; rank++) {
      const place = order ? (order[rank] as number) : rank;
      yield {
        cell: this.#cells[place] as number,
        address: this.#addresses[place] as number,
        bytes: this.#lengths[place] as number,
        filterMask: this.#masks[place] as number,
      };
    }
  }

  #order(): Uint32Array {
    const places = Uint32Array.from({ length: this.#count }, (_, place) => place);
    return places.toSorted((a, b) => (this.#cells[a] as number) - (this.#cells[b] as number));
  }

  #grow(): void {
    const capacity = 2 * this.#cells.length;
    this.#cells = copied(new Float64Array(capacity), this.#cells);
    this.#addresses = copied(new Float64Array(capacity), this.#addresses);
    this.#lengths = copied(new Uint32Array(capacity), this.#lengths);
    this.#masks = copied(new Uint8Array(capacity), this.#masks);
  }
}

function copied<Values extends Float64Array | Uint32Array | Uint8Array>(larger: Values, values: Values): Values {
  larger.set(values);
  return larger;
}
