import type { ArraySpec, Problem } from "@sluice/proto";
import { Code, problem } from "./problem.ts";
import type { DatasetHeader } from "./stream.ts";

/**
 * The array that a format of images is to hold: that of the name, else the first image stack's; IMAGE_MISSING or
 * ARRAY_MISSING with what could be chosen.
 *
 * @param fits whether the format can hold an array
 */
export function chooseImageArray(
  { arrays, dataset }: DatasetHeader,
  name: string | undefined,
  fits: (array: ArraySpec) => boolean,
): ArraySpec | Problem {
  const wanted = name ?? dataset.imageStacks[0]?.imageArray;
  const found = arrays.find((array) => array.name === wanted);
  if (found) return found;
  const candidates = arrays.filter((array) => fits(array)).map((array) => array.name);
  if (wanted === undefined) {
    return problem({
      reason: "IMAGE_MISSING",
      message: "The dataset has no image stack.",
      field: "dataset.image_stacks",
      got: "none",
      allowed: ["a dataset with an image stack, or an array named by the option `image`"],
      remedy: candidates.length > 0 ? `Set image to one of ${candidates.join(", ")}.` : remedyWithout(arrays),
    });
  }
  return problem({
    reason: "ARRAY_MISSING",
    message: "The dataset has no array of this name.",
    field: name === undefined ? "dataset.image_stacks[0].image_array" : "options.image",
    got: JSON.stringify(wanted),
    allowed: candidates,
    remedy: "Name an array of the dataset whose last axes are y and x.",
  });
}

/** Files of plain arrays do not say which axes are which. */
function remedyWithout(arrays: readonly ArraySpec[]): string {
  const plain = arrays.some(({ ragged, axes }) => !ragged && axes.length >= 2);
  return plain
    ? "Name the axes of the image where the file is read, by the loader's option axes (input.axes=tyx)."
    : "Choose a format for what the dataset holds.";
}

/** IMAGE_EMPTY: the image has no frame, and formats of images hold at least one. */
export function imageEmpty({ name }: ArraySpec): Problem {
  return problem({
    reason: "IMAGE_EMPTY",
    message: "The image has no frame.",
    field: `arrays.${name}`,
    got: "0 frames",
    allowed: ["at least 1 frame"],
    remedy: "Choose a format of arrays, such as hdf5 or npz, or another image.",
    grpcCode: Code.FAILED_PRECONDITION,
  });
}

/** {@link imageEmpty} for an image that is known to have no frame before it comes. */
export function emptinessOf(array: ArraySpec): Problem[] {
  return array.axes.some(({ size }) => size === 0) ? [imageEmpty(array)] : [];
}
