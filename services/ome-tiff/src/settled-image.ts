import { type DataType, dropped, itemSize } from "@sluice/core";
import { type ArraySpec, ImageChannel, type ImageStack, type Loss } from "@sluice/proto";
import type { Coordinates } from "./coordinates.ts";
import type { ImagePlan } from "./plan.ts";

/** The image as it came to be: its true length, and with it only what fits. */
export interface SettledImage {
  readonly array: ArraySpec;
  /** What the file holds of the image stack: references to other arrays and tables are left out. */
  readonly stack: ImageStack;
  readonly coordinates: readonly { readonly array: ArraySpec; readonly bytes: Uint8Array }[];
  /** Arrays of coordinates that do not have a value for each index, so that no reader could make use of them. */
  readonly losses: Loss[];
}

/**
 * Settles the image once all of it has come.
 *
 * @param length of axis 0
 */
export function settle(plan: ImagePlan, values: Coordinates, length: number): SettledImage {
  const sizes = plan.array.axes.map((axis, index) => (index === 0 ? length : axis.size));
  const came = plan.coordinates.map((array) => ({ array, bytes: values.bytesOf(array) }));
  const fitting = came.flatMap(({ array, bytes }) => {
    const count = bytes.length / itemSize[array.dataType as DataType];
    const fits = plan.array.axes.every((axis, index) => axis.coordinatesArray !== array.name || sizes[index] === count);
    return fits ? [{ array: withSize(array, count), bytes }] : [];
  });
  const names = new Set(fitting.map(({ array }) => array.name));
  const axes = plan.array.axes.map((axis, index) => ({
    ...axis,
    size: sizes[index],
    labels: axis.labels.length === 0 ? [] : resized(axis.labels, sizes[index] ?? 0, () => ""),
    coordinatesArray: names.has(axis.coordinatesArray) ? axis.coordinatesArray : "",
  }));
  const fillValue = plan.castTo ? undefined : plan.array.fillValue;
  return {
    array: { ...plan.array, axes, dataType: plan.storedType, fillValue },
    stack: stackOf(plan, sizes[plan.array.axes.findIndex((axis) => axis.name === "c")] ?? 1),
    coordinates: fitting,
    losses: came.filter(({ array }) => !names.has(array.name)).map(({ array }) => unfit(array)),
  };
}

function stackOf({ array, stack }: ImagePlan, channels: number): ImageStack {
  return {
    lineRateHz: undefined,
    imagingPlane: undefined,
    modality: "",
    ...stack,
    channels: stack?.channels.length ? resized(stack.channels, channels, () => ImageChannel.create()) : [],
    imageArray: array.name,
    layers: [],
    maskArrays: [],
    framesTable: "",
  };
}

function withSize(array: ArraySpec, size: number): ArraySpec {
  return { ...array, axes: array.axes.map((axis) => ({ ...axis, size })) };
}

function resized<T>(items: readonly T[], length: number, filler: () => T): T[] {
  return Array.from({ length }, (_, index) => items[index] ?? filler());
}

function unfit({ name }: ArraySpec): Loss {
  const message = "The array does not have a value for each index of its axis.";
  return dropped(`arrays.${name}`, message);
}
