import type { DataType } from "@sluice/core";
import { ArraySpec, Axis } from "@sluice/proto";

/** An array of which nothing is known but its type and shape. */
export function plainArray(arrayId: number, name: string, dataType: DataType, shape: readonly number[]): ArraySpec {
  const axes = shape.map((size, index) => Axis.fromPartial({ name: `axis_${index}`, size }));
  return ArraySpec.fromPartial({ arrayId, name, dataType, axes });
}
