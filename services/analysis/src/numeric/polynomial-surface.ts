import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/**
 * Least-squares polynomial surfaces of total degree `order` on a grid.
 *
 * The basis are products of discrete orthonormal polynomials of x and of y (Gram polynomials). They span the same
 * surfaces as the monomials x^i y^j, i + j <= order, but stay well conditioned: on the whole grid the coefficients are
 * plain inner products. On a part of it the normal equations of that basis are solved, and refined once.
 */
export class PolynomialSurface {
  /** Coefficients of the polynomial: (order + 1)(order + 2) / 2. */
  readonly terms: number;
  readonly #height: number;
  readonly #width: number;
  readonly #alongX: readonly Float64Array[];
  readonly #alongY: readonly Float64Array[];
  /** Degrees [in x, in y] of each function of the basis; a grid of w columns has no degree w. */
  readonly #degrees: readonly (readonly [number, number])[];

  constructor(height: number, width: number, order: number) {
    this.terms = ((order + 1) * (order + 2)) / 2;
    this.#height = height;
    this.#width = width;
    this.#alongX = orthonormalPolynomials(width, order);
    this.#alongY = orthonormalPolynomials(height, order);
    this.#degrees = this.#alongY.flatMap((_y, j) =>
      this.#alongX.flatMap((_x, i): [number, number][] => (i + j <= order ? [[i, j]] : [])),
    );
  }

  /**
   * The fitted surface at every pixel.
   *
   * @param counts 1 for the pixels that count; all do when it is left out
   */
  fit(data: Float64Array, counts?: Uint8Array): Float64Array {
    if (!counts) return this.#surface(this.#innerProducts(data));
    const inverse = this.#inverseGram(counts);
    const first = multiply(inverse, this.#innerProducts(masked(data, counts)));
    const surface = this.#surface(first);
    // What the fit leaves over is fitted once more: the rounding of the normal equations goes out.
    const rest = data.map((value, pixel) => value - (surface[pixel] as number));
    const correction = multiply(inverse, this.#innerProducts(masked(rest, counts)));
    return this.#surface(first.map((value, term) => value + (correction[term] as number)));
  }

  /** Inner product of the data with each function of the basis. */
  #innerProducts(data: Float64Array): Float64Array {
    const sums = new Float64Array(this.#degrees.length);
    const width = this.#width;
    const rowSums = new Float64Array(this.#alongX.length);
    for (let y = 0; y < this.#height; y++) {
      for (const [i, polynomial] of this.#alongX.entries()) {
        let sum = 0;
        for (let x = 0, pixel = y * width; x < width; x++, pixel++) {
          sum += (polynomial[x] as number) * (data[pixel] as number);
        }
        rowSums[i] = sum;
      }
      for (const [term, [i, j]] of this.#degrees.entries()) {
        sums[term] = (sums[term] as number) + (this.#alongY[j]?.[y] as number) * (rowSums[i] as number);
      }
    }
    return sums;
  }

  #surface(coefficients: Float64Array): Float64Array {
    const width = this.#width;
    const surface = new Float64Array(this.#height * width);
    const ofRow = new Float64Array(this.#alongX.length);
    for (let y = 0; y < this.#height; y++) {
      ofRow.fill(0);
      for (const [term, [i, j]] of this.#degrees.entries()) {
        ofRow[i] = (ofRow[i] as number) + (coefficients[term] as number) * (this.#alongY[j]?.[y] as number);
      }
      for (const [i, polynomial] of this.#alongX.entries()) {
        const factor = ofRow[i] as number;
        for (let x = 0, pixel = y * width; x < width; x++, pixel++) {
          surface[pixel] = (surface[pixel] as number) + factor * (polynomial[x] as number);
        }
      }
    }
    return surface;
  }

  /** Pseudo-inverse of the basis' inner products over the pixels that count: the solution of least norm. */
  #inverseGram(counts: Uint8Array): Matrix {
    const terms = this.#degrees.length;
    const gram = Matrix.zeros(terms, terms);
    const values = new Float64Array(terms);
    const sums = new Float64Array(terms * terms);
    for (let y = 0, pixel = 0; y < this.#height; y++) {
      for (let x = 0; x < this.#width; x++, pixel++) {
        if (counts[pixel] === 0) continue;
        for (let term = 0; term < terms; term++) {
          const [i, j] = this.#degrees[term] as readonly [number, number];
          values[term] = (this.#alongX[i]?.[x] as number) * (this.#alongY[j]?.[y] as number);
        }
        for (let row = 0, at = 0; row < terms; row++, at += terms) {
          const value = values[row] as number;
          for (let column = row; column < terms; column++) {
            sums[at + column] = (sums[at + column] as number) + value * (values[column] as number);
          }
        }
      }
    }
    for (let row = 0; row < terms; row++) {
      for (let column = 0; column < terms; column++) {
        gram.set(row, column, sums[Math.min(row, column) * terms + Math.max(row, column)] as number);
      }
    }
    const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
    const negligible = 1e-13 * Math.max(...realEigenvalues);
    const inverted = realEigenvalues.map((value) => (value > negligible ? 1 / value : 0));
    return eigenvectorMatrix.mmul(Matrix.diag(inverted)).mmul(eigenvectorMatrix.transpose());
  }
}

/** Polynomials of degree 0, 1, ... on 0..length-1, orthonormal under the sum over the points (Gram-Schmidt, twice). */
function orthonormalPolynomials(length: number, order: number): Float64Array[] {
  const centre = (length - 1) / 2;
  const abscissa = Float64Array.from({ length }, (_, index) => (centre === 0 ? 0 : (index - centre) / centre));
  const basis: Float64Array[] = [];
  for (let degree = 0; degree <= Math.min(order, length - 1); degree++) {
    const before = basis.at(-1);
    const next = before
      ? before.map((value, index) => value * (abscissa[index] as number))
      : new Float64Array(length).fill(1);
    for (let pass = 0; pass < 2; pass++) {
      for (const other of basis) {
        const share = inner(next, other);
        for (let index = 0; index < length; index++)
          next[index] = (next[index] as number) - share * (other[index] as number);
      }
    }
    const norm = Math.sqrt(inner(next, next));
    basis.push(next.map((value) => value / norm));
  }
  return basis;
}

function inner(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += (one[index] as number) * (other[index] as number);
  return sum;
}

function masked(data: Float64Array, counts: Uint8Array): Float64Array {
  return data.map((value, pixel) => (counts[pixel] === 1 ? value : 0));
}

function multiply(matrix: Matrix, vector: Float64Array): Float64Array {
  return Float64Array.from(matrix.mmul(Matrix.columnVector(vector)).to1DArray());
}
