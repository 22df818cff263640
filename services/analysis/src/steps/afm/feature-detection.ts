import { problem } from "@sluice/core";
import * as v from "valibot";
import type { ImageOutline } from "../../image/image-outline.ts";
import type { PlaneSize } from "../../image/plane.ts";
import { defineFrameTable } from "../../image/table-step.ts";
import { type Components, components, holesFilled, regions, touchesEdge } from "../../numeric/components.ts";
import { isMeasured } from "../../numeric/is-measured.ts";
import { diskOffsets, openedPart } from "../../numeric/opening.ts";

/** Share of its pixels that a part must keep to be split by an opening. */
const leastShare = 0.4;

/**
 * Finds the connected parts of the active mask in each frame: pixels that touch at an edge or a corner. Holes can be
 * filled, and parts that hang together by little separated by an opening with a disk, unless one loses more than 60 % of
 * its pixels by that. Parts that are too small or touch the edge of the frame are left out. Statistics of the height are
 * those of the finite pixels; NaN when there are none.
 */
export const featureDetection = defineFrameTable({
  name: "feature_detection",
  summary: "Finds the connected parts of the active mask: a table of each part's place, area and heights.",
  parameters: v.strictObject({
    min_size: v.optional(v.pipe(v.number(), v.minValue(0), v.description("Fewest pixels of a part.")), 10),
    remove_edge: v.optional(v.pipe(v.boolean(), v.description("Leave out parts that touch the frame's edge.")), true),
    fill_holes: v.optional(v.pipe(v.boolean(), v.description("Fill holes of the mask first.")), false),
    hole_area: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(1),
        v.description(
          "With fill_holes: fill holes of fewer pixels alone; all that do not touch the edge unless given.",
        ),
      ),
    ),
    morph_opening: v.optional(
      v.pipe(v.boolean(), v.description("Separate parts that hang together by little, with a disk.")),
      false,
    ),
    sep_radius: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100), v.description("Radius of the disk in pixels.")),
      6,
    ),
  }),
  check: (outline, { fill_holes: fills, hole_area: area }) => [
    ...(outline.mask === undefined ? [maskMissing(outline)] : []),
    ...(area !== undefined && !fills ? [holeAreaIdle()] : []),
  ],
  columns: ({ image: { unit } }) => [
    { name: "frame", dataType: "int32", description: "Frame, from 0 on." },
    { name: "label", dataType: "int32", description: "Number of the feature in its frame, from 1 on." },
    { name: "y", dataType: "float64", unit: "pixel", description: "Centroid, row." },
    { name: "x", dataType: "float64", unit: "pixel", description: "Centroid, column." },
    { name: "area", dataType: "int32", unit: "pixel", description: "Pixels in all." },
    { name: "min", dataType: "float64", unit, description: "Least value." },
    { name: "max", dataType: "float64", unit, description: "Greatest value." },
    { name: "mean", dataType: "float64", unit, description: "Mean value." },
    { name: "top", dataType: "int32", unit: "pixel", description: "First row." },
    { name: "left", dataType: "int32", unit: "pixel", description: "First column." },
    { name: "bottom", dataType: "int32", unit: "pixel", description: "Row after the last." },
    { name: "right", dataType: "int32", unit: "pixel", description: "Column after the last." },
  ],
  rows: (parameters, { height, width }) => {
    const size = { height, width };
    const disk = diskOffsets(parameters.sep_radius);
    return ({ index, data, mask }) => {
      const filled = parameters.fill_holes
        ? holesFilled(mask as Uint8Array, size, parameters.hole_area)
        : (mask as Uint8Array);
      const parts = components(filled, size, 8);
      const separated = parameters.morph_opening ? components(opened(parts, size, disk), size, 8) : parts;
      const features = regions(separated, size).filter(
        (region) => region.area >= parameters.min_size && !(parameters.remove_edge && touchesEdge(region, size)),
      );
      const heights = heightsOf(data, separated);
      return features.map((region, number) => {
        const { y, x, area, top, left, bottom, right, label } = region;
        const { min, max, mean } = heights[label - 1] as Heights;
        return [index, number + 1, y, x, area, min, max, mean, top, left, bottom, right];
      });
    };
  },
});

/** The mask of all parts, each opened by itself. */
function opened(parts: Components, size: PlaneSize, disk: ReturnType<typeof diskOffsets>): Uint8Array {
  const mask = new Uint8Array(parts.labels.length);
  for (const part of regions(parts, size)) {
    const left = openedPart(parts, part, size, disk);
    const count = left.reduce((sum, value) => sum + value, 0);
    const isSplit = count > 0 && count >= leastShare * part.area;
    for (let pixel = 0; pixel < mask.length; pixel++) {
      if (isSplit ? left[pixel] === 1 : parts.labels[pixel] === part.label) mask[pixel] = 1;
    }
  }
  return mask;
}

interface Heights {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

/** Statistics of each part. */
function heightsOf(data: Float64Array, { labels, count }: Components): Heights[] {
  const parts = Array.from({ length: count }, () => ({
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    sum: 0,
    count: 0,
  }));
  for (let pixel = 0; pixel < data.length; pixel++) {
    const part = parts[(labels[pixel] as number) - 1];
    const value = data[pixel] as number;
    if (!part || !isMeasured(value)) continue;
    part.min = Math.min(part.min, value);
    part.max = Math.max(part.max, value);
    part.sum += value;
    part.count++;
  }
  return parts.map(({ min, max, sum, count: pixels }) =>
    pixels === 0 ? { min: Number.NaN, max: Number.NaN, mean: Number.NaN } : { min, max, mean: sum / pixels },
  );
}

function maskMissing({ header }: ImageOutline) {
  return problem({
    reason: "MASK_MISSING",
    message: "Features are parts of a mask, and none is active.",
    field: "",
    got: "no mask",
    allowed: header.dataset.imageStacks[0]?.maskArrays.length ? ["a mask made by a step before this one"] : [],
    remedy: "Put a mask before it, e.g. --step afm.mask_mean_offset.",
  });
}

function holeAreaIdle() {
  return problem({
    reason: "OPTION_NOT_APPLICABLE",
    message: "Holes are not filled.",
    field: "hole_area",
    got: "an area without fill_holes",
    allowed: ["none"],
    remedy: "Set fill_holes=true, or leave the area out.",
  });
}
