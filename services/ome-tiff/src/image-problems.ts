import { zstdAvailable } from "@sluice/codec";
import { type CastTarget, castFault, castTargets, type DataType, dataTypes, problem } from "@sluice/core";
import type { ArraySpec, Problem } from "@sluice/proto";
import type { Dimensions } from "./dimensions.ts";
import type { OmeTiffOptions } from "./options.ts";
import { pixelTypeOf, writableTypes } from "./pixel-type.ts";

/** What is wrong with the axes. */
export function axesProblems(array: ArraySpec, dimensions: Dimensions | { readonly fault: string }): Problem[] {
  const fault = array.ragged ? "A ragged array is no image." : "fault" in dimensions && dimensions.fault;
  if (!fault) return [];
  return [
    problem({
      reason: "AXES_UNSUPPORTED",
      message: `OME-TIFF cannot hold this array. ${fault}`,
      field: `arrays.${array.name}.axes`,
      got: array.axes.map(({ name, size }) => `${name || "?"}: ${size ?? "unknown"}`).join(", "),
      allowed: ["any of t, c, z in any order, then y, x"],
      remedy:
        "Name the axes where the file is read (the loader's option axes), reorder them, or export another array by the " +
        "option `image`.",
    }),
  ];
}

/** What is wrong with the data type or its conversion. */
export function typeProblems(array: ArraySpec, type: DataType | undefined, castTo: CastTarget | undefined): Problem[] {
  const field = `arrays.${array.name}.data_type`;
  const got = array.dataType;
  if (!type) {
    const remedy = "Correct the header of the stream.";
    return [
      problem({ reason: "DATA_TYPE_UNKNOWN", message: "No such data type.", field, got, allowed: dataTypes, remedy }),
    ];
  }
  const fault = castTo && castFault(type, castTo);
  if (fault) {
    const allowed = castTargets.filter((target) => castFault(type, target) === undefined);
    return [
      problem({
        reason: "CAST_UNSUPPORTED",
        message: `${type} cannot be converted to ${castTo}. ${fault}`,
        field: "options.castTo",
        got: castTo,
        allowed,
        remedy: allowed.length > 0 ? "Choose one of these types, or leave castTo out." : "Leave castTo out.",
      }),
    ];
  }
  if (castTo || pixelTypeOf(type)) return [];
  return [
    problem({
      reason: "DATA_TYPE_UNSUPPORTED",
      message: `OME-TIFF does not know ${type}.`,
      field,
      got,
      allowed: writableTypes,
      remedy: `Set castTo, for example to ${type === "float16" ? "float32" : "float64"}; the report tells the error.`,
    }),
  ];
}

/** Scales that no axis can have. A scale of 0 or NaN would be a made-up size. */
export function scaleProblems(array: ArraySpec): Problem[] {
  return array.axes
    .filter(({ scale }) => scale !== undefined && !(scale > 0 && Number.isFinite(scale)))
    .map(({ name, scale }) =>
      problem({
        reason: "AXIS_SCALE_INVALID",
        message: "The distance from one index of an axis to the next must be a positive number.",
        field: `arrays.${array.name}.axes.${name}.scale`,
        got: String(scale),
        allowed: ["finite numbers > 0, or none where the size is not known"],
        remedy: "Correct the scale, or leave it out.",
      }),
    );
}

/** Tiles and levels that do not go together. */
export function layoutProblems({ pyramid, tileSize }: OmeTiffOptions): Problem[] {
  if (tileSize !== 0 || pyramid === "auto" || pyramid === false) return [];
  return [
    problem({
      reason: "PYRAMID_NEEDS_TILES",
      message: "Reduced levels are for viewers that read tiles.",
      field: "options.pyramid",
      got: `pyramid ${pyramid} with tileSize 0`,
      allowed: ["pyramid with tileSize auto or a multiple of 16"],
      remedy: "Leave tileSize or pyramid out.",
    }),
  ];
}

/** Codecs that this process does not have, and levels that none has asked for. */
export function codecProblems({ compression, level }: OmeTiffOptions): Problem[] {
  if (compression === "none" && level !== undefined) {
    return [
      problem({
        reason: "LEVEL_UNUSED",
        message: "There is nothing to compress at this level.",
        field: "options.level",
        got: `level ${level} with compression none`,
        allowed: ["level with deflate, small or zstd"],
        remedy: "Leave level or compression out.",
      }),
    ];
  }
  if (compression !== "zstd" || zstdAvailable) return [];
  return [
    problem({
      reason: "COMPRESSION_UNAVAILABLE",
      message: "This Node has no Zstandard.",
      field: "options.compression",
      got: `zstd on Node ${process.version}`,
      allowed: ["deflate", "none", "small"],
      remedy: "Use Node 22.15 or later, or another compression.",
    }),
  ];
}
