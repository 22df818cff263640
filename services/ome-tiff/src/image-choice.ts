import type { DatasetHeader } from "@sluice/core";
import { problem } from "@sluice/core";
import type { ArraySpec, ImageStack, Problem } from "@sluice/proto";
import { dimensionsOf } from "./dimensions.ts";

/** The array to export and the image stack that it belongs to. */
export interface ImageChoice {
  readonly array: ArraySpec;
  readonly stack: ImageStack | undefined;
}

/** The first image stack's array, or the array of that name; a problem when there is none. */
export function chooseImage(header: DatasetHeader, name: string | undefined): ImageChoice | Problem {
  const { imageStacks } = header.dataset;
  const wanted = name ?? imageStacks[0]?.imageArray;
  if (wanted === undefined) {
    return problem({
      reason: "IMAGE_MISSING",
      message: "The dataset has no image stack.",
      field: "dataset.image_stacks",
      got: "none",
      allowed: ["a dataset with an image stack, or an array named by the option `image`"],
      remedy: candidates(header).length > 0 ? `Set image to one of ${candidates(header).join(", ")}.` : "",
    });
  }
  const array = header.arrays.find((candidate) => candidate.name === wanted);
  if (array) return { array, stack: imageStacks.find((stack) => arraysOf(stack).includes(wanted)) };
  return problem({
    reason: "ARRAY_MISSING",
    message: "The dataset has no array of this name.",
    field: name === undefined ? "dataset.image_stacks[0].image_array" : "options.image",
    got: JSON.stringify(wanted),
    allowed: candidates(header),
    remedy: "Name an array of the dataset whose last axes are y and x.",
  });
}

/** Arrays that could be exported. */
function candidates(header: DatasetHeader): string[] {
  return header.arrays.filter((array) => !array.ragged && !("fault" in dimensionsOf(array))).map(({ name }) => name);
}

function arraysOf(stack: ImageStack): string[] {
  return [stack.imageArray, ...stack.layers.map((layer) => layer.array), ...stack.maskArrays];
}
