import { type DataType, isDataType, itemSize } from "@sluice/core";
import { dimensionsOf, planeCount, sizeOf } from "../dimensions.ts";
import { restoreStream, type StreamRecord } from "../stream-record.ts";
import type { ImageModel } from "./image-model.ts";
import type { OmeContent } from "./ome-image.ts";
import type { Page } from "./page.ts";
import type { PlaneGrid } from "./plane-map.ts";
import { corrupt } from "./tiff-error.ts";

/**
 * The stream that Sluice wrote into the file; undefined when it wrote none, or when other software changed the image
 * since: then the annotations no longer tell the truth.
 */
export function restoredModel(
  content: OmeContent,
  first: Page,
  grid: PlaneGrid,
  pages: Int32Array,
): ImageModel | undefined {
  const record = recordOf(content);
  if (!record) return undefined;
  const { image, dataset, coordinates } = record;
  const dimensions = dimensionsOf(image);
  if ("fault" in dimensions || !isDataType(image.dataType)) return undefined;
  const same =
    first.samples === 1 &&
    dimensions.width === first.width &&
    dimensions.height === first.height &&
    planeCount(dimensions) === pages.length &&
    (["t", "c", "z"] as const).every((name) => sizeOf(dimensions, name) === grid.sizes[name]) &&
    dimensions.order === `XY${grid.order}` &&
    storedAs(image.dataType) === first.dataType;
  if (!same) return undefined;
  return {
    header: { dataset, arrays: [image, ...coordinates.map((item) => item.array)], tables: [] },
    arrayId: image.arrayId,
    outer: dimensions.outer,
    pages,
    first,
    isMask: image.dataType === "bool",
    coordinates: coordinates.map(({ array, bytes }) => ({
      arrayId: array.arrayId,
      bytes,
      length: bytes.length / itemSize[array.dataType as DataType],
    })),
  };
}

function storedAs(dataType: DataType): DataType {
  return dataType === "bool" ? "uint8" : dataType;
}

function recordOf({ annotations }: OmeContent): StreamRecord | undefined {
  try {
    return restoreStream(annotations);
  } catch (error) {
    throw corrupt(
      {
        reason: "OME_XML_INVALID",
        message: "An annotation that Sluice wrote is no longer what it was.",
        field: "StructuredAnnotations, urn:sluice:stream:v1",
        got: error instanceof Error ? error.message : String(error),
      },
      error,
    );
  }
}
