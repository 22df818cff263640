import type { DataType } from "@sluice/core";

/** TIFF SampleFormat (tag 339; TIFF 6.0 page 80, 6 from the TIFF technical notes). */
export const SampleFormat = { unsigned: 1, signed: 2, float: 3, complex: 6 } as const;

/** How one pixel stands in the file. */
export interface PixelType {
  /** OME-XML Pixels/@Type. */
  readonly ome: string;
  readonly bits: number;
  readonly sampleFormat: number;
}

/** Types that OME-TIFF holds; a mask becomes uint8 0/255, which every reader shows. */
const pixelTypes: Partial<Record<DataType, PixelType>> = {
  bool: { ome: "uint8", bits: 8, sampleFormat: SampleFormat.unsigned },
  int8: { ome: "int8", bits: 8, sampleFormat: SampleFormat.signed },
  int16: { ome: "int16", bits: 16, sampleFormat: SampleFormat.signed },
  int32: { ome: "int32", bits: 32, sampleFormat: SampleFormat.signed },
  uint8: { ome: "uint8", bits: 8, sampleFormat: SampleFormat.unsigned },
  uint16: { ome: "uint16", bits: 16, sampleFormat: SampleFormat.unsigned },
  uint32: { ome: "uint32", bits: 32, sampleFormat: SampleFormat.unsigned },
  float32: { ome: "float", bits: 32, sampleFormat: SampleFormat.float },
  float64: { ome: "double", bits: 64, sampleFormat: SampleFormat.float },
  complex64: { ome: "complex", bits: 64, sampleFormat: SampleFormat.complex },
  complex128: { ome: "double-complex", bits: 128, sampleFormat: SampleFormat.complex },
};

/** Data types that are written without a cast. */
export const writableTypes = Object.keys(pixelTypes) as readonly DataType[];

/** How pixels of a data type stand in the file; undefined for int64, uint64 and float16, which OME does not know. */
export function pixelTypeOf(dataType: DataType): PixelType | undefined {
  return pixelTypes[dataType];
}

/** The data type of a pixel type read from a file. */
export function dataTypeOf(bits: number, sampleFormat: number): DataType | undefined {
  if (bits === 1 && sampleFormat === SampleFormat.unsigned) return "bool";
  if (bits === 16 && sampleFormat === SampleFormat.float) return "float16";
  if (bits === 64 && sampleFormat === SampleFormat.unsigned) return "uint64";
  if (bits === 64 && sampleFormat === SampleFormat.signed) return "int64";
  return writableTypes.find((name) => {
    const type = pixelTypes[name];
    return name !== "bool" && type?.bits === bits && type.sampleFormat === sampleFormat;
  });
}
