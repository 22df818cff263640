import { asElements, type DataType } from "./data-type.ts";
import { float16ToFloat32 } from "./float16.ts";

/**
 * Little-endian bytes of real numbers as doubles: integers of up to 53 bits exactly, longer ones as the nearest double.
 * Bytes of float64 are not copied where they are aligned.
 */
export function asDoubles(dataType: DataType, bytes: Uint8Array): Float64Array {
  switch (dataType) {
    case "float64":
      return asElements(dataType, bytes);
    case "float16":
      return new Float64Array(float16ToFloat32(asElements(dataType, bytes)));
    case "int64":
      return longsAsDoubles(bytes, true);
    case "uint64":
      return longsAsDoubles(bytes, false);
    default:
      return new Float64Array(asElements(dataType, bytes));
  }
}

/** Word by word: a bigint for each element takes ten times as long. */
function longsAsDoubles(bytes: Uint8Array, signed: boolean): Float64Array {
  const words = asElements("uint32", bytes);
  const doubles = new Float64Array(words.length >> 1);
  for (let index = 0; index < doubles.length; index++) {
    const high = words[2 * index + 1] as number;
    doubles[index] = (signed ? high | 0 : high) * 2 ** 32 + (words[2 * index] as number);
  }
  return doubles;
}
