import { type DatasetHeader, problem } from "@sluice/core";
import type { ArraySpec, Problem } from "@sluice/proto";

/** The array that is shown, and its frames' size. */
export interface ImageChoice {
  readonly array: ArraySpec;
  readonly width: number;
  readonly height: number;
}

/** The first image stack's array, or the array of that name; a problem where it is no movie. */
export function chooseImage(header: DatasetHeader, name: string | undefined): ImageChoice | Problem {
  const wanted = name ?? header.dataset.imageStacks[0]?.imageArray;
  const allowed = header.arrays.filter((array) => !axesFault(array)).map((array) => array.name);
  if (wanted === undefined) {
    return problem({
      reason: "IMAGE_MISSING",
      message: "The dataset has no image stack.",
      field: "dataset.image_stacks",
      got: "none",
      allowed: ["a dataset with an image stack, or an array named by the option `image`"],
      remedy: allowed.length > 0 ? `Set image to one of ${allowed.join(", ")}.` : "",
    });
  }
  const array = header.arrays.find((candidate) => candidate.name === wanted);
  if (!array) {
    return problem({
      reason: "ARRAY_MISSING",
      message: "The dataset has no array of this name.",
      field: name === undefined ? "dataset.image_stacks[0].image_array" : "options.image",
      got: JSON.stringify(wanted),
      allowed,
      remedy: "Name an array of the dataset whose last axes are y and x.",
    });
  }
  const fault = axesFault(array);
  if (!fault) return { array, height: array.axes.at(-2)?.size ?? 0, width: array.axes.at(-1)?.size ?? 0 };
  return problem({
    reason: "AXES_UNSUPPORTED",
    message: `A movie cannot show this array. ${fault}`,
    field: `arrays.${array.name}.axes`,
    got: array.axes.map((axis) => `${axis.name || "?"}: ${axis.size ?? "unknown"}`).join(", "),
    allowed: ["frames by rows by columns (such as t, y, x), or one frame (y, x); further axes of length 1"],
    remedy: "Show another array by the option `image`, or select one channel before.",
  });
}

function axesFault(array: ArraySpec): string | undefined {
  if (array.ragged) return "A ragged array is no image.";
  const names = array.axes.map(({ name }) => name);
  if (names.at(-2) !== "y" || names.at(-1) !== "x") return "The last two axes must be y and x.";
  const sizes = array.axes.slice(-2).map(({ size }) => size);
  if (!sizes.every((size) => size !== undefined && size > 0)) return "The sizes of y and x must be known, and not 0.";
  const beyond = array.axes.slice(1, -2).find(({ size }) => size !== 1);
  return beyond && `It has more than one index on axis ${beyond.name}.`;
}
