/** One frame, values in C order. Read-only: steps give new arrays. */
export interface Plane {
  readonly height: number;
  readonly width: number;
  readonly data: Float64Array;
  /** The active mask, one byte for each pixel: 1 = feature, left out of fits and statistics. */
  readonly mask: Uint8Array | undefined;
}

/** Size of a plane. */
export type PlaneSize = Pick<Plane, "height" | "width">;
