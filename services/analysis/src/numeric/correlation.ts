import type { PlaneSize } from "../image/plane.ts";
import { FourierPlane } from "./fourier-plane.ts";
import { isMeasured } from "./is-measured.ts";

/** Where a frame lies on a reference: its pixel (0, 0) on the reference's pixel (y, x). */
export interface Shift {
  readonly y: number;
  readonly x: number;
}

/** A frame whose pixels may be missing (NaN). */
export interface Picture extends PlaneSize {
  readonly data: Float64Array;
}

/** The place where a frame fits best, and how well: the correlation, at most 1 when it is normalised. */
export interface Fit extends Shift {
  readonly score: number;
}

/** How frames are compared. */
export interface CorrelationOptions {
  readonly reference: PlaneSize;
  readonly moving: PlaneSize;
  /** Place about which is searched. */
  readonly centre: Shift;
  /** Farthest place in each direction; by which less than all of the frame may lie on the reference. */
  readonly limit: Shift;
  /**
   * True: correlation coefficient of the pixels that lie on each other (Padfield 2012, masked normalised
   * cross-correlation). False: the sum of products about the means of whole frames, which favours large overlaps.
   */
  readonly normalised: boolean;
}

/** Spectra of a reference that frames are compared with. */
export type ReferenceSpectra = readonly [valuesAndSquares: Float64Array, known: Float64Array];

/** Share of the largest overlap that a place must have, as in scikit-image. */
const leastOverlap = 0.3;

/** Scores that differ by less are the same: the place that is nearer to the centre is taken. */
const indifference = 1e-9;

/**
 * Finds where frames lie on a reference, by whole pixels. Missing pixels of either take no part.
 *
 * D. Padfield, Masked object registration in the Fourier domain, IEEE Transactions on Image Processing 21 (2012).
 */
export class Correlation {
  readonly #options: CorrelationOptions;
  readonly #plane: FourierPlane;
  /** Places in the order of their distance from the centre. */
  readonly #places: readonly Shift[];

  constructor(options: CorrelationOptions) {
    const { reference, moving, centre, limit } = options;
    this.#options = options;
    // Wide enough that what wraps around meets no pixel.
    const room = (length: number, other: number, least: number, most: number) =>
      Math.max(length - Math.min(0, least), other + Math.max(0, most));
    this.#plane = new FourierPlane({
      height: room(reference.height, moving.height, centre.y - limit.y, centre.y + limit.y),
      width: room(reference.width, moving.width, centre.x - limit.x, centre.x + limit.x),
    });
    this.#places = placesAbout(centre, limit);
  }

  /** Prepares a reference for many comparisons. */
  reference(picture: Picture): ReferenceSpectra {
    return this.#spectra(picture);
  }

  /** Where the picture lies on the reference. */
  fit(reference: ReferenceSpectra, moving: Picture): Fit {
    return this.#best(this.#scores(reference, this.#spectra(moving)));
  }

  /** Values + i squares, and the map of known pixels. Values are about their mean: it does not change coefficients. */
  #spectra({ data, height, width }: Picture): ReferenceSpectra {
    let sum = 0;
    let count = 0;
    for (let pixel = 0; pixel < data.length; pixel++) {
      if (!isMeasured(data[pixel])) continue;
      sum += data[pixel] as number;
      count++;
    }
    const mean = sum / count;
    const values = this.#plane.zeros();
    const known = this.#plane.zeros();
    for (let y = 0, pixel = 0; y < height; y++) {
      for (let x = 0, at = 2 * y * this.#plane.width; x < width; x++, pixel++, at += 2) {
        if (!isMeasured(data[pixel])) continue;
        const value = (data[pixel] as number) - mean;
        values[at] = value;
        values[at + 1] = value * value;
        known[at] = 1;
      }
    }
    return [this.#plane.forward(values), this.#plane.forward(known)];
  }

  #scores([values1, known1]: ReferenceSpectra, [values2, known2]: ReferenceSpectra): (place: Shift) => number {
    const { height, width } = this.#plane;
    // Each inverse transform gives two real planes: a + i b.
    const first = this.#plane.zeros(); // products, overlap
    const second = this.#plane.zeros(); // sum and squares of the reference
    const third = this.#plane.zeros(); // sum and squares of the frame
    for (let y = 0; y < height; y++) {
      const mirroredRow = ((height - y) % height) * width;
      for (let x = 0; x < width; x++) {
        const at = 2 * (y * width + x);
        const mirror = 2 * (mirroredRow + ((width - x) % width));
        // Of the spectrum of values + i squares, half the sum and half the difference with its mirrored conjugate.
        const valueRe1 = (partAt(values1, at) + partAt(values1, mirror)) / 2;
        const valueIm1 = (partAt(values1, at + 1) - partAt(values1, mirror + 1)) / 2;
        const squareRe1 = (partAt(values1, at + 1) + partAt(values1, mirror + 1)) / 2;
        const squareIm1 = (partAt(values1, mirror) - partAt(values1, at)) / 2;
        const valueRe2 = (partAt(values2, at) + partAt(values2, mirror)) / 2;
        const valueIm2 = (partAt(values2, at + 1) - partAt(values2, mirror + 1)) / 2;
        const squareRe2 = (partAt(values2, at + 1) + partAt(values2, mirror + 1)) / 2;
        const squareIm2 = (partAt(values2, mirror) - partAt(values2, at)) / 2;
        const knownRe1 = partAt(known1, at);
        const knownIm1 = partAt(known1, at + 1);
        const knownRe2 = partAt(known2, at);
        const knownIm2 = partAt(known2, at + 1);
        put(first, at, valueRe1, valueIm1, valueRe2, valueIm2, knownRe1, knownIm1, knownRe2, knownIm2);
        put(second, at, valueRe1, valueIm1, knownRe2, knownIm2, squareRe1, squareIm1, knownRe2, knownIm2);
        put(third, at, knownRe1, knownIm1, valueRe2, valueIm2, knownRe1, knownIm1, squareRe2, squareIm2);
      }
    }
    this.#plane.inverse(first);
    if (!this.#options.normalised) return ({ y, x }) => first[this.#at(y, x)] as number;
    this.#plane.inverse(second);
    this.#plane.inverse(third);
    const most = this.#places.reduce((count, { y, x }) => Math.max(count, first[this.#at(y, x) + 1] as number), 0);
    // What is flat, but for the rounding of the transforms, is like nothing.
    const flat1 = 1e-12 * largestOf(second);
    const flat2 = 1e-12 * largestOf(third);
    return ({ y, x }) => {
      const at = this.#at(y, x);
      const count = Math.round(first[at + 1] as number);
      if (count < Math.max(2, leastOverlap * most)) return Number.NEGATIVE_INFINITY;
      const sum1 = second[at] as number;
      const sum2 = third[at] as number;
      const spread1 = (second[at + 1] as number) - (sum1 * sum1) / count;
      const spread2 = (third[at + 1] as number) - (sum2 * sum2) / count;
      if (!(spread1 > flat1 && spread2 > flat2)) return 0;
      return ((first[at] as number) - (sum1 * sum2) / count) / Math.sqrt(spread1 * spread2);
    };
  }

  #at(y: number, x: number): number {
    const { height, width } = this.#plane;
    return 2 * (((y + height) % height) * width + ((x + width) % width));
  }

  #best(score: (place: Shift) => number): Fit {
    const [centre, ...others] = this.#places as [Shift, ...Shift[]];
    let best: Fit = { ...centre, score: score(centre) };
    for (const place of others) {
      const candidate = score(place);
      const least = Number.isFinite(best.score) ? best.score + indifference * Math.abs(best.score) : best.score;
      if (candidate > least) best = { ...place, score: candidate };
    }
    return best;
  }
}

/** Largest sum of squares of a plane. */
function largestOf(plane: Float64Array): number {
  let largest = 0;
  for (let at = 1; at < plane.length; at += 2) largest = Math.max(largest, plane[at] as number);
  return largest;
}

function partAt(plane: Float64Array, at: number): number {
  return plane[at] as number;
}

/** Puts a conj(b) + i c conj(d). */
function put(
  target: Float64Array,
  at: number,
  aRe: number,
  aIm: number,
  bRe: number,
  bIm: number,
  cRe: number,
  cIm: number,
  dRe: number,
  dIm: number,
): void {
  target[at] = aRe * bRe + aIm * bIm - (cIm * dRe - cRe * dIm);
  target[at + 1] = aIm * bRe - aRe * bIm + (cRe * dRe + cIm * dIm);
}

function placesAbout(centre: Shift, limit: Shift): Shift[] {
  const places: (Shift & { readonly distance: number })[] = [];
  for (let y = -limit.y; y <= limit.y; y++) {
    for (let x = -limit.x; x <= limit.x; x++) {
      places.push({ y: centre.y + y, x: centre.x + x, distance: y * y + x * x });
    }
  }
  return places
    .toSorted((one, other) => one.distance - other.distance || one.y - other.y || one.x - other.x)
    .map(({ y, x }) => ({ y, x }));
}
