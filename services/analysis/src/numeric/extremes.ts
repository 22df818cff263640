/** The least and the largest value of a stream. */
export class Extremes {
  least = Number.POSITIVE_INFINITY;
  most = Number.NEGATIVE_INFINITY;

  take(values: Float64Array): void {
    let { least, most } = this;
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as number;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    this.least = least;
    this.most = most;
  }

  /** The largest magnitude. */
  get magnitude(): number {
    return Math.max(Math.abs(this.least), Math.abs(this.most));
  }
}
