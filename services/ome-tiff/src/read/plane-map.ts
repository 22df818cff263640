import type { OmeImage } from "./ome-image.ts";
import { corrupt, unsupported } from "./tiff-error.ts";

/** Sizes of an image in planes: pages, when each holds one. */
export interface PlaneGrid {
  readonly sizes: { readonly t: number; readonly c: number; readonly z: number };
  /** The three letters of DimensionOrder after XY, fastest first. */
  readonly order: string;
}

/** Where the planes of an image are asked for. */
export interface PageSource {
  readonly fileName: string;
  readonly uuid: string;
  readonly pages: number;
}

/** Planes of an image. */
function planesIn({ sizes }: PlaneGrid): number {
  return sizes.t * sizes.c * sizes.z;
}

/**
 * Page of each plane, in DimensionOrder, by the TiffData elements (OME-TIFF specification, "The TiffData element").
 * Throws TIFF_PAGES_MISSING when a plane has no page in this file.
 */
export function mapPlanes(image: OmeImage, grid: PlaneGrid, source: PageSource): Int32Array {
  const planes = planesIn(grid);
  if (planes > source.pages) throw missing(`${source.pages} pages`, `${planes} pages for ${planes} planes`);
  const map = new Int32Array(planes).fill(-1);
  const blocks = image.tiffData.length > 0 ? image.tiffData : [{ attributes: {}, fileName: "", uuid: "" }];
  for (const { attributes, fileName, uuid } of blocks) {
    const elsewhere = fileName !== "" && fileName !== source.fileName && uuid !== source.uuid;
    if (elsewhere) throw otherFile(fileName);
    const start = planeOf(grid, attributes);
    const page = count(attributes["IFD"], 0);
    const alone = attributes["IFD"] === undefined ? planes - start : 1;
    const run = count(attributes["PlaneCount"], alone);
    for (let index = 0; index < run; index++) {
      if (start + index >= planes || page + index >= source.pages) {
        throw missing(`TiffData from page ${page} on, ${run} planes`, `${source.pages} pages, ${planes} planes`);
      }
      map[start + index] = page + index;
    }
  }
  const unmapped = map.indexOf(-1);
  if (unmapped >= 0) throw missing(`no page for plane ${unmapped}`, "a page for each plane");
  return map;
}

function planeOf({ sizes, order }: PlaneGrid, attributes: Readonly<Record<string, string>>): number {
  const place = {
    T: { first: count(attributes["FirstT"], 0), size: sizes.t },
    C: { first: count(attributes["FirstC"], 0), size: sizes.c },
    Z: { first: count(attributes["FirstZ"], 0), size: sizes.z },
  };
  let plane = 0;
  for (const letter of [...order].toReversed()) {
    const { first, size } = place[letter as "T"];
    plane = plane * size + first;
  }
  return plane;
}

function count(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw corrupt({
    reason: "OME_XML_INVALID",
    message: "A TiffData element has an attribute that is no count.",
    field: "ImageDescription, TiffData",
    got: JSON.stringify(text),
  });
}

function missing(got: string, allowed: string) {
  return corrupt({
    reason: "TIFF_PAGES_MISSING",
    message: "The OME-XML announces planes that the file does not hold.",
    field: "ImageDescription, TiffData",
    got,
    allowed: [allowed],
  });
}

function otherFile(fileName: string) {
  return unsupported({
    reason: "OME_MULTI_FILE_UNSUPPORTED",
    message: "The planes of the image are spread over several files.",
    field: "ImageDescription, TiffData/UUID/@FileName",
    got: JSON.stringify(fileName),
    allowed: ["images whose planes are in one file"],
    remedy: "Join the files into one OME-TIFF.",
  });
}
