import {
  type CastTarget,
  type DatasetHeader,
  type DataType,
  emptinessOf,
  isDataType,
  itemSize,
  timeProblems,
  toMicrometers,
} from "@sluice/core";
import type { ArraySpec, ImageStack, Problem } from "@sluice/proto";
import { type Dimensions, dimensionsOf } from "./dimensions.ts";
import { chooseImage } from "./image-choice.ts";
import { axesProblems, codecProblems, layoutProblems, scaleProblems, typeProblems } from "./image-problems.ts";
import { fullPyramid, layOut, type PlaneLayout } from "./layout.ts";
import type { OmeTiffOptions } from "./options.ts";
import { type PixelType, pixelTypeOf } from "./pixel-type.ts";

/** Everything about a file that is known before the first pixel. */
export interface ImagePlan {
  readonly array: ArraySpec;
  readonly stack: ImageStack | undefined;
  readonly dimensions: Dimensions;
  /** Of the stream. */
  readonly dataType: DataType;
  readonly castTo: CastTarget | undefined;
  /** Of the file: after the cast. */
  readonly storedType: DataType;
  readonly pixel: PixelType;
  readonly layout: PlaneLayout;
  /** Distance of pixels; undefined where it is not known. */
  readonly sizeMicrometers: Readonly<Record<"x" | "y" | "z", number | undefined>>;
  /** Arrays that hold a value for each index of an axis of the image. */
  readonly coordinates: readonly ArraySpec[];
}

/** Beyond this many pixels on an edge, planes are cut into tiles and get reduced levels. */
const largestPlainEdge = 4096;
const usualTileSize = 512;

/** What will be written, or everything that stands against it. */
export function planImage(
  header: DatasetHeader,
  options: OmeTiffOptions,
): { readonly plan: ImagePlan } | { readonly problems: Problem[] } {
  const choice = chooseImage(header, options.image);
  const common = [...layoutProblems(options), ...codecProblems(options), ...timeProblems(header.dataset)];
  if ("reason" in choice) return { problems: [choice, ...common] };
  const { array, stack } = choice;
  const dimensions = dimensionsOf(array);
  const dataType = isDataType(array.dataType) ? array.dataType : undefined;
  const castTo = options.castTo === dataType ? undefined : options.castTo;
  const pixel = dataType && pixelTypeOf(castTo ?? dataType);
  const problems = [
    ...axesProblems(array, dimensions),
    ...typeProblems(array, dataType, castTo),
    ...scaleProblems(array),
    ...common,
  ];
  if (problems.length === 0) problems.push(...emptinessOf(array));
  if (problems.length > 0 || "fault" in dimensions || !dataType || !pixel) return { problems };
  const storedType = castTo ?? dataType;
  return {
    plan: {
      array,
      stack,
      dimensions,
      dataType,
      castTo,
      storedType,
      pixel,
      layout: layoutOf(dimensions, itemSize[storedType], options),
      sizeMicrometers: { x: sizeOn(array, "x"), y: sizeOn(array, "y"), z: sizeOn(array, "z") },
      coordinates: coordinatesOf(header, array),
    },
  };
}

function layoutOf({ width, height }: Dimensions, itemBytes: number, options: OmeTiffOptions): PlaneLayout {
  const large = Math.max(width, height) > largestPlainEdge;
  const wantsPyramid = options.pyramid === "auto" ? large && options.tileSize !== 0 : options.pyramid !== false;
  const automatic = large || wantsPyramid ? usualTileSize : 0;
  const tileSize = options.tileSize === "auto" ? automatic : options.tileSize;
  const most = fullPyramid(width, height, 1);
  const asked = typeof options.pyramid === "number" ? options.pyramid : fullPyramid(width, height, tileSize);
  const reducedLevels = wantsPyramid ? Math.min(asked, most) : 0;
  return layOut({ width, height, itemBytes, tileSize, reducedLevels });
}

function sizeOn(array: ArraySpec, name: string): number | undefined {
  const axis = array.axes.find((candidate) => candidate.name === name);
  return axis?.scale === undefined ? undefined : toMicrometers(axis.scale, axis.unit);
}

function coordinatesOf(header: DatasetHeader, image: ArraySpec): ArraySpec[] {
  const names = new Set(image.axes.map((axis) => axis.coordinatesArray));
  return header.arrays.filter(({ name }) => name !== "" && names.has(name));
}
