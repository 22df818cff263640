import { type DatasetHeader, emptinessOf, isDataType, problem, toNanometers, warning } from "@sluice/core";
import type { ArraySpec, Axis, Problem } from "@sluice/proto";
import { timeAxis } from "./frame-times.ts";
import { chooseImage } from "./image-choice.ts";
import { maskProblems, optionProblems } from "./option-problems.ts";
import type { GifOptions } from "./options.ts";
import { shownTypes } from "./values.ts";

/** Everything about a movie that is known before the first frame. */
export interface MoviePlan {
  readonly array: ArraySpec;
  /** Of the frames as they come. */
  readonly width: number;
  readonly height: number;
  /** Of the frames as they are shown. */
  readonly shownWidth: number;
  readonly shownHeight: number;
  /** Frames, when known. */
  readonly frames: number | undefined;
  /** A value for each frame, when there is such an array. */
  readonly times: ArraySpec | undefined;
  /** Along x, of a pixel as it comes; undefined where it is not known. */
  readonly pixelSizeNm: number | undefined;
  /** True where all frames must have come before the first can be drawn. */
  readonly looksTwice: boolean;
  readonly warnings: readonly Problem[];
}

/** GIF counts width and height in 16 bits (GIF89a, section 18), WebP in 14 (RFC 9649, section 2.5), PNG's limit is ours. */
const mostPixels = { gif: 65_535, webp: 16_383, png: 65_535 };

/** What will be written, or everything that stands against it. */
export function planMovie(
  header: DatasetHeader,
  options: GifOptions,
): { readonly plan: MoviePlan } | { readonly problems: Problem[] } {
  const choice = chooseImage(header, options.image);
  const common = optionProblems(options);
  if ("reason" in choice) return { problems: [choice, ...common] };
  const { array, width, height } = choice;
  const factor = options.height === undefined ? (options.scale ?? 1) : options.height / height;
  const shownWidth = Math.max(1, Math.round(width * factor));
  const shownHeight = Math.max(1, Math.round(height * factor));
  const x = array.axes.at(-1) as Axis;
  const pixelSizeNm = nanometersOf(x);
  const problems = [
    ...common,
    ...emptinessOf(array),
    ...typeProblems(array),
    ...maskProblems(array.dataType, options),
    ...sizeProblems(shownWidth, shownHeight, options),
    ...barProblems(array, pixelSizeNm && pixelSizeNm * width, options),
  ];
  if (problems.length > 0) return { problems };
  const times = header.arrays.find(({ name }) => name !== "" && name === timeAxis(array)?.coordinatesArray);
  return {
    plan: {
      array,
      width,
      height,
      shownWidth,
      shownHeight,
      frames: array.axes.length > 2 ? array.axes[0]?.size : 1,
      times,
      pixelSizeNm,
      looksTwice: times !== undefined || (array.dataType !== "bool" && /percentile|global/.test(options.range)),
      warnings: pixelWarnings(array, pixelSizeNm, options),
    },
  };
}

function nanometersOf({ scale, unit }: Axis): number | undefined {
  const size = scale === undefined ? undefined : toNanometers(scale, unit);
  return size !== undefined && size > 0 && Number.isFinite(size) ? size : undefined;
}

function typeProblems(array: ArraySpec): Problem[] {
  if (isDataType(array.dataType) && shownTypes.includes(array.dataType)) return [];
  return [
    problem({
      reason: "DATA_TYPE_UNSUPPORTED",
      message: "Values of this type have no place on a color map.",
      field: `arrays.${array.name}.data_type`,
      got: array.dataType,
      allowed: shownTypes,
      remedy: "Show the real part or the magnitude.",
    }),
  ];
}

function sizeProblems(width: number, height: number, { container }: GifOptions): Problem[] {
  const most = mostPixels[container];
  if (Math.max(width, height) <= most) return [];
  return [
    problem({
      reason: "FRAME_TOO_LARGE",
      message: `${container} does not hold frames of this size.`,
      field: "options.scale",
      got: `${width} x ${height} pixels`,
      allowed: [`up to ${most} x ${most} pixels`],
      remedy: "Set scale or height for a smaller movie.",
    }),
  ];
}

function barProblems(array: ArraySpec, widthNm: number | undefined, { scaleBarNm }: GifOptions): Problem[] {
  if (typeof scaleBarNm !== "number" || (widthNm !== undefined && scaleBarNm <= widthNm)) return [];
  return [
    problem({
      reason: widthNm === undefined ? "PIXEL_SIZE_UNKNOWN" : "SCALE_BAR_TOO_LONG",
      message: widthNm === undefined ? "Without a pixel size there is no scale bar." : "The frame is not as wide.",
      field: widthNm === undefined ? `arrays.${array.name}.axes.x.scale` : "options.scaleBarNm",
      got: widthNm === undefined ? "none in a unit of length" : `${scaleBarNm} nm`,
      allowed: [widthNm === undefined ? "a scale > 0 in a unit of length" : `up to ${widthNm} nm`],
      remedy: "Leave scaleBarNm out.",
    }),
  ];
}

function pixelWarnings(array: ArraySpec, pixelSizeNm: number | undefined, { scaleBarNm }: GifOptions): Problem[] {
  const [y, x] = array.axes.slice(-2) as [Axis, Axis];
  if (pixelSizeNm === undefined) {
    if (scaleBarNm === "none") return [];
    return [
      warning({
        reason: "PIXEL_SIZE_UNKNOWN",
        message: "The size of a pixel is not known; there is no scale bar.",
        field: `arrays.${array.name}.axes.x.scale`,
        got: `${x.scale ?? "none"} ${x.unit}`.trim(),
        allowed: ["a scale > 0 in a unit of length"],
        remedy: "Give the axis a scale and a unit, or set scaleBarNm to none.",
      }),
    ];
  }
  const heightNm = nanometersOf(y);
  if (heightNm === undefined || Math.abs(heightNm / pixelSizeNm - 1) < 0.005) return [];
  return [
    warning({
      reason: "PIXELS_NOT_SQUARE",
      message: "Pixels are shown square, though they are not; the scale bar holds along x alone.",
      field: `arrays.${array.name}.axes.y.scale`,
      got: `${heightNm} nm by ${pixelSizeNm} nm`,
      allowed: ["pixels as high as they are wide"],
      remedy: "Measure in the data, not in the movie.",
    }),
  ];
}
