import { asElements, type DataType, float16ToFloat32, realTypes } from "@sluice/core";
import type { ArraySpec } from "@sluice/proto";

/** Values of a frame as numbers in the unit of the array. */
export type Values = Exclude<ReturnType<typeof asElements>, BigInt64Array | BigUint64Array>;

/** Types whose values have a place on a color map. */
export const shownTypes: readonly DataType[] = ["bool", ...realTypes];

/** Raw elements as numbers, the stored scale and offset applied; a view where nothing is to be done. */
export function valuesOf(array: ArraySpec, bytes: Uint8Array): Values {
  const elements = numbersOf(array.dataType as DataType, bytes);
  const { valueScale = 1, valueOffset = 0 } = array;
  if (valueScale === 1 && valueOffset === 0) return elements;
  const scaled = new Float64Array(elements.length);
  for (let index = 0; index < elements.length; index++) {
    scaled[index] = (elements[index] as number) * valueScale + valueOffset;
  }
  return scaled;
}

function numbersOf(dataType: DataType, bytes: Uint8Array): Values {
  if (dataType === "float16") return float16ToFloat32(asElements("float16", bytes));
  if (dataType === "int64" || dataType === "uint64") return Float64Array.from(asElements(dataType, bytes), Number);
  return asElements(dataType, bytes);
}
