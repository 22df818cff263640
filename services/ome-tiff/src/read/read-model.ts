import { basename } from "node:path";
import { Code, SluiceError } from "@sluice/core";
import { type JsonObject, provenanceRecord, recordedProvenance } from "@sluice/playnano";
import { playnanoProvenance } from "../playnano-fields.ts";
import type { ImageModel } from "./image-model.ts";
import { looksLikeOme, type OmeImage, parseOme } from "./ome-image.ts";
import { omeModel, planeGridOf } from "./ome-model.ts";
import { plainModel } from "./plain-model.ts";
import { mapPlanes } from "./plane-map.ts";
import { restoredModel } from "./restored-model.ts";
import { corrupt } from "./tiff-error.ts";
import type { TiffReader } from "./tiff-reader.ts";

/**
 * Finds out what an open file holds: the stream that Sluice wrote, an OME image, or plain pages.
 *
 * @param wanted index of the image
 */
export async function readModel(reader: TiffReader, path: string, wanted: number): Promise<ImageModel> {
  const directory = await reader.directory(0);
  const description = textOf(await directory.loadValue("ImageDescription"));
  if (!looksLikeOme(description)) {
    if (wanted > 0) throw noSuchImage(wanted, 1);
    return plainModel(path, description, directory, await reader.page(0), reader.pages);
  }
  const content = parseOme(description);
  const image = content.images[wanted];
  if (!image) throw noSuchImage(wanted, content.images.length);
  const first = await reader.page(firstPage(image, reader.pages));
  const grid = planeGridOf(image, first.samples);
  const place = { fileName: basename(path), uuid: content.uuid, pages: reader.pages };
  const pages = mapPlanes(image, grid, place);
  const restored = restoredModel(content, first, grid, pages);
  if (restored) return restored;
  const model = omeModel(path, content, image, first, grid, pages);
  const provenance = await playnanoProvenance(directory);
  return provenance ? withPlaynano(model, provenance, basename(path)) : model;
}

/** The image as playNano left it: what its provenance says beside the OME-XML. */
function withPlaynano(model: ImageModel, provenance: JsonObject, fileName: string): ImageModel {
  const { header } = model;
  const { dataset } = header;
  const imageStacks = dataset.imageStacks.map((stack) => ({ ...stack, modality: "atomic force microscopy" }));
  const records = { ...dataset.records, [provenanceRecord]: provenance };
  const history = recordedProvenance(provenance, fileName);
  const acquiredTime = history.acquiredTime ?? dataset.provenance?.acquiredTime;
  return {
    ...model,
    header: { ...header, dataset: { ...dataset, imageStacks, records, provenance: { ...history, acquiredTime } } },
  };
}

/** A page of the image, which tells how many samples its pages have. */
function firstPage({ tiffData }: OmeImage, pages: number): number {
  const page = Number(tiffData[0]?.attributes["IFD"] ?? 0);
  if (Number.isSafeInteger(page) && page >= 0 && page < pages) return page;
  throw corrupt({
    reason: "TIFF_PAGES_MISSING",
    message: "The OME-XML refers to a page that the file does not have.",
    field: "ImageDescription, TiffData/@IFD",
    got: String(page),
    allowed: [`0 to ${pages - 1}`],
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.replace(/\0+$/, "") : "";
}

function noSuchImage(wanted: number, images: number): SluiceError {
  return new SluiceError({
    reason: "IMAGE_MISSING",
    message: "The file has no image of this index.",
    field: "options.image",
    got: String(wanted),
    allowed: images === 0 ? ["none: the file holds no image"] : [`0 to ${images - 1}`],
    remedy: "Choose an index of the file.",
    grpcCode: Code.NOT_FOUND,
  });
}
