import type { ArraySpec } from "@sluice/proto";

export type OuterName = "t" | "c" | "z";

/** An axis other than y and x; its size is absent until the array's end, which axis 0 alone may be. */
export interface OuterAxis {
  readonly name: OuterName;
  readonly size: number | undefined;
}

/** An array's axes in OME's terms. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
  /** Slowest first, as the array has them. */
  readonly outer: readonly OuterAxis[];
  /** OME-XML Pixels/@DimensionOrder, fastest first: planes follow each other as in the array. */
  readonly order: DimensionOrder;
}

/** The six orders that OME knows, the commonest first. */
const orders = ["XYZCT", "XYCZT", "XYZTC", "XYCTZ", "XYTZC", "XYTCZ"] as const;
export type DimensionOrder = (typeof orders)[number];

/** Reads the axes of an array, or tells in a sentence why OME-TIFF cannot hold them. */
export function dimensionsOf(array: ArraySpec): Dimensions | { readonly fault: string } {
  const names = array.axes.map((axis) => axis.name);
  const [height, width] = array.axes.slice(-2).map((axis) => axis.size);
  const outer = array.axes.slice(0, -2).map(({ name, size }) => ({ name, size }));
  if (names.at(-2) !== "y" || names.at(-1) !== "x") return { fault: "The last two axes must be y and x." };
  if (!outer.every(isOuter)) return { fault: "The axes before y and x must be named t, c or z." };
  if (new Set(names).size !== names.length) return { fault: "Each axis may occur once." };
  if (width === undefined || height === undefined) return { fault: "The sizes of y and x must be known." };
  if (width === 0 || height === 0) return { fault: "The sizes of y and x must not be 0." };
  const fastestFirst = outer.map((axis) => axis.name.toUpperCase()).toReversed();
  const order = orders.find((candidate) => holdsInOrder(candidate, fastestFirst)) as DimensionOrder;
  return { width, height, outer, order };
}

function isOuter(axis: { name: string; size: number | undefined }): axis is OuterAxis {
  return axis.name === "t" || axis.name === "c" || axis.name === "z";
}

function holdsInOrder(order: string, letters: readonly string[]): boolean {
  const places = letters.map((letter) => order.indexOf(letter));
  return places.every((place, index) => index === 0 || place > (places[index - 1] as number));
}

/** Size of an axis, 1 where the array does not have it. */
export function sizeOf(dimensions: Dimensions, name: OuterName): number | undefined {
  const axis = dimensions.outer.find((candidate) => candidate.name === name);
  return axis ? axis.size : 1;
}

/** Planes per index of axis 0. */
export function planesPerRow(dimensions: Dimensions): number {
  return dimensions.outer.slice(1).reduce((product, axis) => product * (axis.size as number), 1);
}

/** The same dimensions with the length of axis 0 filled in. */
export function withLength(dimensions: Dimensions, length: number): Dimensions {
  const outer = dimensions.outer.map((axis, index) => (index === 0 ? { ...axis, size: length } : axis));
  return { ...dimensions, outer };
}

/** Planes of an array whose length is known. */
export function planeCount(dimensions: Dimensions): number {
  return dimensions.outer.reduce((product, axis) => product * (axis.size ?? Number.NaN), 1);
}

/** Place of a plane along t, c and z; 0 where the array has no such axis. */
export function placeOf(dimensions: Pick<Dimensions, "outer">, plane: number): Record<OuterName, number> {
  const place = { t: 0, c: 0, z: 0 };
  let rest = plane;
  for (const [index, axis] of [...dimensions.outer.entries()].toReversed()) {
    const size = index === 0 ? Number.POSITIVE_INFINITY : (axis.size as number);
    place[axis.name] = rest % size;
    rest = Math.floor(rest / size);
  }
  return place;
}
