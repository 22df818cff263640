import { chooseImageArray, type DatasetHeader } from "@sluice/core";
import type { ArraySpec, ImageStack, Problem } from "@sluice/proto";
import { dimensionsOf } from "./dimensions.ts";

/** The array to export and the image stack that it belongs to. */
export interface ImageChoice {
  readonly array: ArraySpec;
  readonly stack: ImageStack | undefined;
}

/** The first image stack's array, or the array of that name; a problem when there is none. */
export function chooseImage(header: DatasetHeader, name: string | undefined): ImageChoice | Problem {
  const array = chooseImageArray(header, name, isHeld);
  if ("reason" in array) return array;
  return { array, stack: header.dataset.imageStacks.find((stack) => arraysOf(stack).includes(array.name)) };
}

function isHeld(array: ArraySpec): boolean {
  return !array.ragged && !("fault" in dimensionsOf(array));
}

function arraysOf(stack: ImageStack): string[] {
  return [stack.imageArray, ...stack.layers.map((layer) => layer.array), ...stack.maskArrays];
}
