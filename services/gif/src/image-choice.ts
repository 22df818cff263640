import { chooseImageArray, type DatasetHeader, problem } from "@sluice/core";
import type { ArraySpec, Problem } from "@sluice/proto";

/** The array that is shown, and its frames' size. */
export interface ImageChoice {
  readonly array: ArraySpec;
  readonly width: number;
  readonly height: number;
}

/** The first image stack's array, or the array of that name; a problem where it is no movie. */
export function chooseImage(header: DatasetHeader, name: string | undefined): ImageChoice | Problem {
  const array = chooseImageArray(header, name, (candidate) => !axesFault(candidate));
  if ("reason" in array) return array;
  const fault = axesFault(array);
  if (!fault) return { array, height: array.axes.at(-2)?.size ?? 0, width: array.axes.at(-1)?.size ?? 0 };
  return problem({
    reason: "AXES_UNSUPPORTED",
    message: `A movie cannot show this array. ${fault}`,
    field: `arrays.${array.name}.axes`,
    got: array.axes.map((axis) => `${axis.name || "?"}: ${axis.size ?? "unknown"}`).join(", "),
    allowed: ["frames by rows by columns (such as t, y, x), or one frame (y, x); further axes of length 1"],
    remedy:
      "Show another array by the option `image`, name the axes where the file is read (the loader's option axes), or " +
      "select one channel before.",
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
