import { arrayNamed, type DatasetHeader, imageOf, problem } from "@sluice/core";
import type { ArraySpec, ImageStack, Problem } from "@sluice/proto";

/** What is known of the image before the first frame, as it stands between two steps. */
export interface ImageOutline {
  readonly header: DatasetHeader;
  /** Spec of the image in the header: [frame, y, x], float32 or float64. */
  readonly image: ArraySpec;
  /** Absent: not known before the end. */
  readonly frames: number | undefined;
  readonly height: number;
  readonly width: number;
  /** Name of the active mask, e.g. "step_1_mask_threshold"; absent when none is active. */
  readonly mask: string | undefined;
}

/** The outline of a header whose image can go through steps, or what speaks against it. */
export function outlineOf(header: DatasetHeader, mask?: string): ImageOutline | Problem {
  const found = imageOf(header);
  if (!found) {
    return problem({
      reason: "IMAGE_MISSING",
      message: "The step works on an image stack; the dataset holds none.",
      field: "dataset.image_stacks",
      remedy: "Leave the step out, or load a recording with images.",
    });
  }
  const { array } = found;
  const [frames, height, width] = array.axes.map((axis) => axis.size);
  if (array.axes.length !== 3 || height === undefined || width === undefined || height === 0 || width === 0) {
    return problem({
      reason: "IMAGE_RANK_UNSUPPORTED",
      message: "The step works on a stack of frames [frame, y, x].",
      field: `arrays.${array.name}.axes`,
      got: `[${array.axes.map((axis) => `${axis.name} ${axis.size ?? "unknown"}`).join(", ")}]`,
      allowed: ["three axes, the last two y and x and not empty"],
      remedy: "Choose one channel.",
    });
  }
  return { header, image: array, frames, height, width, mask };
}

/** True for an outline. */
export function isOutline(candidate: ImageOutline | Problem): candidate is ImageOutline {
  return "header" in candidate;
}

/** The header with its first image stack changed. */
export function withImageStack(header: DatasetHeader, change: Partial<ImageStack>): DatasetHeader {
  const [first, ...rest] = header.dataset.imageStacks;
  return { ...header, dataset: { ...header.dataset, imageStacks: [{ ...(first as ImageStack), ...change }, ...rest] } };
}

/** The header with another array at its end. */
export function withArray(header: DatasetHeader, array: ArraySpec): DatasetHeader {
  return { ...header, arrays: [...header.arrays, array] };
}

/** The header with the array of that id replaced. */
export function withArrayReplaced(header: DatasetHeader, arrayId: number, array: ArraySpec): DatasetHeader {
  return { ...header, arrays: header.arrays.map((other) => (other.arrayId === arrayId ? array : other)) };
}

/** A handle that no array of the header has. */
export function freeArrayId(header: DatasetHeader): number {
  return 1 + header.arrays.reduce((most, array) => Math.max(most, array.arrayId), 0);
}

/**
 * Masks that have neither the shape of the image nor that of one of its layers stay arrays of the dataset, but are no
 * masks of the image any more.
 */
export function withFittingMasks(outline: ImageOutline): ImageOutline {
  const { header, image } = outline;
  const [stack] = header.dataset.imageStacks;
  const maskArrays = stack?.maskArrays ?? [];
  const versions = [image, ...(stack?.layers ?? []).map(({ array }) => arrayNamed(header, array))];
  const fitting = maskArrays.filter((name) => {
    const { axes } = arrayNamed(header, name);
    return versions.some((version) => axes.every((axis, index) => axis.size === version.axes[index]?.size));
  });
  if (fitting.length === maskArrays.length) return outline;
  return { ...outline, header: withImageStack(header, { maskArrays: fitting }) };
}
