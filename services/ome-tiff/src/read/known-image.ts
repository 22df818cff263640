import { basename } from "node:path";
import { asBytes, imageAxisTypes } from "@sluice/core";
import { ArraySpec, Axis, AxisType, DatasetSpec, type FieldOrigin, ImageChannel, Origin } from "@sluice/proto";
import type { OuterName } from "../dimensions.ts";
import { rowsPerBand } from "./bands.ts";
import type { ImageModel } from "./image-model.ts";
import type { Page } from "./page.ts";
import type { PlaneGrid } from "./plane-map.ts";

/** An axis and what the file tells of it. */
export interface KnownAxis {
  readonly name: OuterName | "y" | "x";
  readonly size: number;
  /** UDUNITS-2 name. */
  readonly unit?: string | undefined;
  readonly scale?: number | undefined;
  readonly origin?: number | undefined;
}

/** What a file that Sluice did not write tells of its image. */
export interface KnownImage {
  readonly name: string;
  /** Slowest first, y and x last. */
  readonly axes: readonly KnownAxis[];
  readonly channels: readonly Partial<ImageChannel>[];
  /** Seconds of each time point, where they are not even; NaN where one is not known. */
  readonly frameSeconds?: Float64Array | undefined;
  readonly acquired?: Date | undefined;
  readonly records?: Readonly<Record<string, unknown>> | undefined;
  readonly origins: readonly FieldOrigin[];
}

const imageArrayId = 1;
const timestampsArrayId = 2;

/**
 * Axes before y and x of a grid of pages, slowest first; those of length 1 are left out, t alone excepted.
 *
 * @param samples of a page: so many more channels
 */
export function outerAxes({ sizes, order }: PlaneGrid, samples: number): { name: OuterName; size: number }[] {
  const names = [...order.toLowerCase()].toReversed() as OuterName[];
  const axes = names.map((name) => ({ name, size: name === "c" ? sizes.c * samples : sizes[name] }));
  const long = axes.filter(({ size }) => size > 1);
  return long.length > 0 ? long : [{ name: "t", size: 1 }];
}

/** A stream's header for such an image. */
export function modelOf(path: string, known: KnownImage, first: Page, pages: ArrayLike<number>): ImageModel {
  const { frameSeconds } = known;
  const image = imageSpec(known, first);
  const dataset = DatasetSpec.fromPartial({
    name: known.name || stemOf(path),
    imageStacks: [{ imageArray: image.name, channels: [...known.channels] }],
    provenance: { source: basename(path), acquiredTime: known.acquired },
    records: known.records,
    origins: [...known.origins],
  });
  return {
    header: { dataset, arrays: frameSeconds ? [image, timestampsSpec(frameSeconds.length)] : [image], tables: [] },
    arrayId: imageArrayId,
    outer: known.axes.slice(0, -2).map(({ name, size }) => ({ name: name as OuterName, size })),
    pages,
    first,
    isMask: false,
    coordinates: frameSeconds
      ? [{ arrayId: timestampsArrayId, bytes: asBytes(frameSeconds), length: frameSeconds.length }]
      : [],
  };
}

/**
 * How a field came to be known.
 *
 * @param detail where the file tells it, if it does
 */
export function origin(field: string, known: boolean, detail = ""): FieldOrigin {
  return known ? { field, origin: Origin.ORIGIN_READ, detail } : { field, origin: Origin.ORIGIN_ABSENT, detail: "" };
}

function imageSpec({ axes, frameSeconds }: KnownImage, first: Page): ArraySpec {
  return ArraySpec.fromPartial({
    arrayId: imageArrayId,
    name: "image",
    dataType: first.dataType,
    chunkShape: [...axes.slice(0, -2).map(() => 1), rowsPerBand(first), first.width],
    axes: axes.map(({ name, size, unit = "", scale, origin: start = 0 }) => ({
      name,
      type: imageAxisTypes[name],
      size,
      unit,
      scale,
      origin: start,
      coordinatesArray: name === "t" && frameSeconds ? "timestamps" : "",
    })),
  });
}

function timestampsSpec(frames: number): ArraySpec {
  const axes = [Axis.fromPartial({ name: "t", type: AxisType.AXIS_TYPE_TIME, size: frames })];
  return ArraySpec.fromPartial({
    arrayId: timestampsArrayId,
    name: "timestamps",
    dataType: "float64",
    axes,
    unit: "s",
  });
}

function stemOf(path: string): string {
  return basename(path).replace(/(\.ome)?\.[^.]+$/i, "");
}
