import { arrayNamed, type DatasetHeader, isError, problem, toNanometers, toSeconds, warning } from "@sluice/core";
import type { ArraySpec, ImageStack, Problem, TableSpec } from "@sluice/proto";
import { maskFolder, rawKey } from "./keys.ts";

/** An array of a bundle and the name that playNano knows it by. */
export interface BundleArray {
  readonly key: string;
  readonly array: ArraySpec;
}

/** An image and what the frames of it are: their times, and the table with a row for each. */
export interface FramesSource {
  /** [t, y, x] */
  readonly image: ArraySpec;
  /** Array of a time for each frame, when there is one; its unit is one of time. */
  readonly times: ArraySpec | undefined;
  readonly table: TableSpec | undefined;
}

/** What becomes which part of a bundle. */
export interface Bundle {
  readonly stack: ImageStack;
  /** The data of the bundle. */
  readonly data: FramesSource;
  /** The layer `raw`, where its frames are not those of the data: frames were dropped since. */
  readonly beforeEdit: FramesSource | undefined;
  readonly processed: readonly BundleArray[];
  readonly masks: readonly BundleArray[];
  readonly height: number;
  readonly width: number;
  readonly pixelSizeNm: number;
  /** Empty when the dataset names none. */
  readonly channel: string;
}

/** The bundle that a dataset makes, with warnings, or what stands against it. */
export type BundleOutcome =
  | { readonly bundle: Bundle; readonly problems: readonly Problem[] }
  | { readonly problems: readonly Problem[] };

/** Sizes of pixels in x and y that differ by less than this part are one. */
const squareTolerance = 1e-6;

/**
 * Finds what a bundle is made of: the one image stack, its layers and masks.
 *
 * @throws SluiceError ARRAY_MISSING when the header refers to arrays that it does not open
 */
export function bundleOf(header: DatasetHeader): BundleOutcome {
  const { imageStacks } = header.dataset;
  const [stack] = imageStacks;
  if (imageStacks.length !== 1 || !stack) return { problems: [stackCount(header)] };
  const arrays = new Map(header.arrays.map((array) => [array.name, array]));
  const image = arrayNamed(header, stack.imageArray);
  const layers = stack.layers.map(({ name, array }) => ({ key: name, array: arrayNamed(header, array) }));
  const masks = stack.maskArrays.map((name) => ({ key: maskName(name), array: arrayNamed(header, name) }));
  const raw = layers.find(({ key }) => key === rawKey)?.array;
  const problems = [
    ...arrayProblems(image),
    ...pixelProblems(image),
    ...[...layers, ...masks].flatMap(({ array }) => (array === image ? [] : arrayProblems(array))),
    ...keyProblems(layers, "layers"),
    ...keyProblems(masks, "mask_arrays"),
  ];
  if (problems.some(isError)) return { problems };
  const sourceOf = (array: ArraySpec): FramesSource => ({
    image: array,
    times: timesArray(array, arrays),
    table: sameFrames(array, image) ? header.tables.find(({ name }) => name === stack.framesTable) : undefined,
  });
  const [, height = 0, width = 0] = image.axes.map(({ size }) => size);
  const bundle: Bundle = {
    stack,
    data: sourceOf(image),
    beforeEdit: raw && !sameFrames(raw, image) ? sourceOf(raw) : undefined,
    processed: layers,
    masks,
    height,
    width,
    pixelSizeNm: pixelSize(image, "x") as number,
    channel: stack.channels[0]?.name ?? "",
  };
  return { bundle, problems: [...problems, ...timeWarnings(bundle.data)] };
}

/**
 * The bundle that a dataset makes by itself: a movie of an atomic force microscope that playNano can load. Formats whose
 * layout is not asked for go by this.
 */
export function bundleLayoutOf(header: DatasetHeader): Bundle | undefined {
  if (header.dataset.imageStacks[0]?.modality !== "atomic force microscopy") return undefined;
  const outcome = bundleOf(header);
  return "bundle" in outcome ? outcome.bundle : undefined;
}

/** Name of a mask as playNano knows it. */
function maskName(array: string): string {
  return array.startsWith(maskFolder) ? array.slice(maskFolder.length) : array;
}

/** The array of a time for each frame, if its unit is one of time. */
function timesArray(image: ArraySpec, arrays: ReadonlyMap<string, ArraySpec>): ArraySpec | undefined {
  const [axis] = image.axes;
  const array = axis && arrays.get(axis.coordinatesArray);
  return array && toSeconds(0, timeUnit(array, axis.unit)) !== undefined ? array : undefined;
}

/** Unit of an array of times: its own, or that of the axis. */
export function timeUnit(times: ArraySpec, axisUnit: string): string {
  return times.unit || axisUnit;
}

/** True when both images have the same frames at the same times. */
function sameFrames(a: ArraySpec, b: ArraySpec): boolean {
  const [first, second] = [a.axes[0], b.axes[0]];
  return (
    first?.size === second?.size &&
    first?.coordinatesArray === second?.coordinatesArray &&
    first?.scale === second?.scale &&
    first?.origin === second?.origin
  );
}

function pixelSize(array: ArraySpec, name: "x" | "y"): number | undefined {
  const axis = array.axes.find((candidate) => candidate.name === name);
  return axis?.scale === undefined ? undefined : toNanometers(Math.abs(axis.scale), axis.unit);
}

function stackCount({ dataset: { imageStacks } }: DatasetHeader): Problem {
  return problem({
    reason: imageStacks.length === 0 ? "IMAGE_MISSING" : "IMAGE_STACKS_TOO_MANY",
    message: "A bundle of playNano holds one image stack.",
    field: "dataset.image_stacks",
    got: String(imageStacks.length),
    allowed: ["1"],
    remedy: imageStacks.length === 0 ? "Export a movie." : "Export the stacks one by one.",
  });
}

function arrayProblems(array: ArraySpec): Problem[] {
  const field = `arrays.${array.name}`;
  const problems: Problem[] = [];
  if (array.ragged || array.axes.map(({ name }) => name).join("") !== "tyx") {
    problems.push(
      problem({
        reason: "AXES_UNSUPPORTED",
        message: "playNano knows movies of one channel and one plane.",
        field: `${field}.axes`,
        got: array.axes.map(({ name, size }) => `${name || "?"}: ${size ?? "unknown"}`).join(", "),
        allowed: ["t, y, x"],
        remedy: "Export one channel and one plane at a time.",
      }),
    );
  }
  if (array.dataType.startsWith("complex")) {
    problems.push(
      problem({
        reason: "DATA_TYPE_UNSUPPORTED",
        message: "playNano's values are float32: complex numbers have no place there.",
        field: `${field}.data_type`,
        got: array.dataType,
        allowed: ["bool", "integers", "floats"],
        remedy: "Export the magnitude or the phase.",
      }),
    );
  }
  if (array.valueScale !== undefined || array.valueOffset !== undefined) {
    problems.push(
      problem({
        reason: "VALUES_STORED_SCALED",
        message: "The values are counts with a scale, which playNano would take for heights.",
        field: `${field}.value_scale`,
        got: `scale ${array.valueScale ?? 1}, offset ${array.valueOffset ?? 0}`,
        allowed: ["values in their unit"],
        remedy: "Load the quantities instead of the raw counts.",
      }),
    );
  }
  return problems;
}

function pixelProblems(array: ArraySpec): Problem[] {
  const [x, y] = [pixelSize(array, "x"), pixelSize(array, "y")];
  const parts = { field: `arrays.${array.name}.axes`, got: `x: ${x ?? "unknown"} nm, y: ${y ?? "unknown"} nm` };
  if (x === undefined || y === undefined || !(x > 0 && y > 0)) {
    return [
      problem({
        ...parts,
        reason: "PIXEL_SIZE_MISSING",
        message: "playNano needs the size of a pixel.",
        allowed: ["a scale > 0 and a unit of length on both axes"],
        remedy: "Give the axes y and x their scale in nanometers.",
      }),
    ];
  }
  if (Math.abs(x - y) <= squareTolerance * x) return [];
  return [
    problem({
      ...parts,
      reason: "PIXELS_NOT_SQUARE",
      message: "playNano knows one size for both sides of a pixel.",
      allowed: ["square pixels"],
      remedy: "Resample the images to square pixels, or export to another format.",
    }),
  ];
}

function keyProblems(entries: readonly BundleArray[], what: string): Problem[] {
  const keys = entries.map(({ key }) => key);
  return keys
    .filter((key, index) => key === "" || key === "." || key.includes("/") || keys.indexOf(key) !== index)
    .map((key) =>
      problem({
        reason: "LAYER_NAME_INVALID",
        message: "The name cannot be that of a part of the bundle.",
        field: `dataset.image_stacks[0].${what}`,
        got: JSON.stringify(key),
        allowed: ["names without /, each once"],
        remedy: "Rename it.",
      }),
    );
}

function timeWarnings({ image, times }: FramesSource): Problem[] {
  const [axis] = image.axes;
  const known = axis !== undefined && (axis.coordinatesArray !== "" || axis.scale !== undefined);
  if (!known || times || (axis.coordinatesArray === "" && toSeconds(0, axis.unit) !== undefined)) return [];
  return [
    warning({
      reason: "TIME_UNIT_UNKNOWN",
      message: "The times of the frames have no unit of time; the bundle has no times.",
      field: `arrays.${image.name}.axes.t.unit`,
      got: JSON.stringify(axis.unit),
      allowed: ['UDUNITS-2 times such as "second", "ms"'],
      remedy: "Give the unit.",
    }),
  ];
}
