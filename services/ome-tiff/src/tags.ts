/** Tags that this writer uses, by their names in TIFF 6.0; SubIFDs from Adobe PageMaker 6.0 TIFF Technical Notes. */
export const Tag = {
  NewSubfileType: 254,
  ImageWidth: 256,
  ImageLength: 257,
  BitsPerSample: 258,
  Compression: 259,
  PhotometricInterpretation: 262,
  ImageDescription: 270,
  StripOffsets: 273,
  SamplesPerPixel: 277,
  RowsPerStrip: 278,
  StripByteCounts: 279,
  XResolution: 282,
  YResolution: 283,
  PlanarConfiguration: 284,
  ResolutionUnit: 296,
  Software: 305,
  DateTime: 306,
  Predictor: 317,
  TileWidth: 322,
  TileLength: 323,
  TileOffsets: 324,
  TileByteCounts: 325,
  SubIFDs: 330,
  SampleFormat: 339,
} as const;

/** Values of the Compression tag. */
export const Compression = { none: 1, deflate: 8, zstd: 50_000 } as const;

/** Values of the Predictor tag. */
export const Predictor = { none: 1, horizontal: 2 } as const;
