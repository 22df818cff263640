import { join } from "node:path";
import { NpyFile } from "@sluice/npy";

/** Numbers of a small array, in C order. */
export interface SmallArray {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** More elements than the positions of any probe have. */
const mostElements = 2 ** 20;

/** A small array of a folder; undefined when there is no such file, or it is not of up to two axes. */
export async function readSmall(
  folder: string,
  files: readonly string[],
  name: string,
): Promise<SmallArray | undefined> {
  if (!files.includes(name)) return undefined;
  const file = await NpyFile.open(join(folder, name));
  try {
    const { shape, fortranOrder } = file.header;
    if (shape.length > 2 || file.length > mostElements) return undefined;
    const values = await file.readNumbers();
    return { shape, values: fortranOrder ? cOrder(values, shape) : values };
  } finally {
    await file.close();
  }
}

/** MATLAB writes matrices column by column. */
function cOrder(values: Float64Array, [rows = 0, columns = 1]: readonly number[]): Float64Array {
  const result = new Float64Array(values.length);
  for (let index = 0; index < values.length; index++) {
    result[(index % rows) * columns + Math.floor(index / rows)] = values[index] as number;
  }
  return result;
}
