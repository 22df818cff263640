/** What `interop/scripts/describe_tiff.py` says of a file. */
export interface TiffFacts {
  readonly shape: readonly number[];
  readonly axes: string;
  readonly dtype: string;
  /** Of the values, little endian, C order. */
  readonly sha256: string;
  /** In float64. */
  readonly sum: number | string | null;
  readonly pages: number;
  readonly bigTiff: boolean;
  readonly tiled: boolean;
  readonly compression: string;
  readonly predictor: string;
  readonly ome: OmeFacts | null;
  readonly levels: readonly { readonly size: readonly number[]; readonly pages: number; readonly isMean: boolean }[];
}

/** What its OME-XML says. */
export interface OmeFacts {
  readonly images: number;
  readonly name: string;
  readonly pixels: Readonly<Record<string, string>>;
  readonly channels: readonly string[];
  /** [t, c, z] of each Plane element. */
  readonly planes: readonly (readonly number[])[];
  readonly deltaT: readonly number[];
  readonly deltaTUnits: readonly string[];
  readonly text: string;
}
