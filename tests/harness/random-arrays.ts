import { dataTypes, itemSize } from "@sluice/core";
import type { MemoryArray } from "@sluice/core/testing";
import fc from "fast-check";
import { pixelBytes } from "./pixels.ts";

/** An array of any type, of up to five axes; the first may be empty. */
const randomArray = fc
  .record({
    dataType: fc.constantFrom(...dataTypes),
    first: fc.nat(9),
    rest: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }),
    seed: fc.nat(),
  })
  .map(({ dataType, first, rest, seed }) => {
    const shape = [first, ...rest];
    const elements = shape.reduce((product, size) => product * size, 1);
    const data = pixelBytes(dataType, elements + 2, seed).slice(0, elements * itemSize[dataType]);
    return { dataType, shape, data, axes: shape.map((_, axis) => `d${axis}`) };
  });

/** One array or more; the third has a name of two parts that is not ASCII. */
export function randomArrays(most: number): fc.Arbitrary<MemoryArray[]> {
  return fc
    .array(randomArray, { minLength: 1, maxLength: most })
    .map((items) => items.map((item, index) => ({ ...item, name: index === 2 ? "c/µ" : `array ${index}` })));
}
