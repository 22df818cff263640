import FFT from "fft.js";
import type { PlaneSize } from "../image/plane.ts";

/** Two-dimensional discrete Fourier transforms of one size. Values are complex: real and imaginary part by turns. */
export class FourierPlane {
  readonly height: number;
  readonly width: number;
  readonly #rows: FFT;
  readonly #columns: FFT;

  /** @param size smallest size; it grows to powers of two */
  constructor({ height, width }: PlaneSize) {
    this.height = powerOfTwo(height);
    this.width = powerOfTwo(width);
    this.#rows = new FFT(this.width);
    this.#columns = new FFT(this.height);
  }

  /** A plane of zeros. */
  zeros(): Float64Array {
    return new Float64Array(2 * this.height * this.width);
  }

  /** Transforms a plane in place. */
  forward(plane: Float64Array): Float64Array {
    return this.#apply(plane, (transform, out, line) => transform.transform(out, line));
  }

  /** Transforms a plane back, in place, normalised. */
  inverse(plane: Float64Array): Float64Array {
    return this.#apply(plane, (transform, out, line) => transform.inverseTransform(out, line));
  }

  #apply(plane: Float64Array, work: (transform: FFT, out: Float64Array, line: Float64Array) => void): Float64Array {
    const { height, width } = this;
    const row = new Float64Array(2 * width);
    for (let start = 0; start < plane.length; start += 2 * width) {
      const line = plane.subarray(start, start + 2 * width);
      work(this.#rows, row, line);
      line.set(row);
    }
    const column = new Float64Array(2 * height);
    const transformed = new Float64Array(2 * height);
    for (let x = 0; x < width; x++) {
      for (let y = 0, at = 2 * x; y < height; y++, at += 2 * width) {
        column[2 * y] = plane[at] as number;
        column[2 * y + 1] = plane[at + 1] as number;
      }
      work(this.#columns, transformed, column);
      for (let y = 0, at = 2 * x; y < height; y++, at += 2 * width) {
        plane[at] = transformed[2 * y] as number;
        plane[at + 1] = transformed[2 * y + 1] as number;
      }
    }
    return plane;
  }
}

/** The library takes no size below two. */
function powerOfTwo(least: number): number {
  return 2 ** Math.max(1, Math.ceil(Math.log2(least)));
}
