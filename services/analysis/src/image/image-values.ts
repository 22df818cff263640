import { asElements, type DataType, float16ToFloat32 } from "@sluice/core";
import type { ArraySpec } from "@sluice/proto";

/**
 * Data type of a result: float32 where it holds every value of the input (8- and 16-bit integers, float16, float32),
 * else float64; NumPy promotes float32 in the same way. Steps compute in float64; a result is rounded once, when it
 * leaves the last step or becomes a layer.
 */
export function resultType(input: DataType): "float32" | "float64" {
  const exact: readonly DataType[] = ["int8", "int16", "uint8", "uint16", "float16", "float32"];
  return exact.includes(input) ? "float32" : "float64";
}

/** Values in the array's unit, scale and offset applied. New memory, unless the elements are plain float64. */
export function imageValues(
  bytes: Uint8Array,
  { dataType, valueScale, valueOffset }: Pick<ArraySpec, "dataType" | "valueScale" | "valueOffset">,
): Float64Array {
  const numbers = numbersOf(asElements(dataType as DataType, bytes), dataType === "float16");
  if (valueScale === undefined && valueOffset === undefined) {
    return numbers instanceof Float64Array ? numbers : new Float64Array(numbers);
  }
  const scale = valueScale ?? 1;
  const offset = valueOffset ?? 0;
  const scaled = new Float64Array(numbers.length);
  for (let index = 0; index < scaled.length; index++) scaled[index] = (numbers[index] as number) * scale + offset;
  return scaled;
}

function numbersOf(elements: ArrayLike<number> | ArrayLike<bigint>, isFloat16: boolean): ArrayLike<number> {
  if (elements instanceof BigInt64Array || elements instanceof BigUint64Array) {
    return Float64Array.from(elements, Number);
  }
  return isFloat16 ? float16ToFloat32(elements as Uint16Array) : (elements as ArrayLike<number>);
}
