/** Where the segments (strips or tiles) of every plane stand in the file. Memory: 16 bytes for each. */
export class SegmentTable {
  readonly perPlane: number;
  // It grows with the segments that come: a plane may claim billions that never do.
  #offsets = new Float64Array(256);
  #lengths = new Float64Array(256);

  constructor(perPlane: number) {
    this.perPlane = perPlane;
  }

  set(plane: number, segment: number, offset: number, length: number): void {
    const index = plane * this.perPlane + segment;
    if (index >= this.#offsets.length) this.#grow(2 * index);
    this.#offsets[index] = offset;
    this.#lengths[index] = length;
  }

  /** Offsets of consecutive segments of a plane. */
  offsets(plane: number, first: number, count: number): number[] {
    return this.#slice(this.#offsets, plane, first, count);
  }

  /** Lengths in bytes of consecutive segments of a plane. */
  lengths(plane: number, first: number, count: number): number[] {
    return this.#slice(this.#lengths, plane, first, count);
  }

  #slice(values: Float64Array, plane: number, first: number, count: number): number[] {
    const start = plane * this.perPlane + first;
    return Array.from(values.subarray(start, start + count));
  }

  #grow(length: number): void {
    const [offsets, lengths] = [new Float64Array(length), new Float64Array(length)];
    offsets.set(this.#offsets);
    lengths.set(this.#lengths);
    this.#offsets = offsets;
    this.#lengths = lengths;
  }
}
