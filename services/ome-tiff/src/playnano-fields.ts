import type { DatasetHeader } from "@sluice/core";
import {
  bundleLayoutOf,
  bundleProvenance,
  isJsonObject,
  type JsonObject,
  parsePythonJson,
  toAsciiJson,
} from "@sluice/playnano";
import type { ImageFileDirectory } from "geotiff";
import type { ImagePlan } from "./plan.ts";

/** Private tags of the first page that playNano writes and reads (playnano.io.export_data.save_ome_tiff_stack, 0.5). */
export const PlaynanoTag = { provenance: 65_000, layers: 65_001 } as const;

/** JSON is padded with blanks to this length, which never fits into a directory. */
const leastBytes = 16;

/**
 * The history of a movie of an atomic force microscope where playNano looks for it: its provenance, and the names of the
 * layers that there were. All of it is in the annotations of the OME-XML, too.
 *
 * @param length frames that came
 */
export function playnanoFields(
  header: DatasetHeader,
  { array, dimensions }: ImagePlan,
  length: number,
): { readonly tag: number; readonly bytes: Uint8Array }[] {
  const bundle = bundleLayoutOf(header);
  // The history is that of the image, not of a layer that was chosen instead.
  if (bundle?.data.image !== array) return [];
  const shapes = new Map([[array.name, [length, dimensions.height, dimensions.width]]]);
  const layers = bundle.processed.map(({ key }) => key);
  return [
    { tag: PlaynanoTag.provenance, bytes: jsonBytes(bundleProvenance(header, bundle, { shapes })) },
    { tag: PlaynanoTag.layers, bytes: jsonBytes(layers) },
  ];
}

/** The provenance that playNano left in a file; undefined where there is none. Others use the tag for other things. */
export async function playnanoProvenance(directory: ImageFileDirectory): Promise<JsonObject | undefined> {
  const value: unknown = await directory.loadValue(PlaynanoTag.provenance);
  if (!(value instanceof Uint8Array)) return undefined;
  const json = parsed(Buffer.from(value).toString("utf8"));
  return isJsonObject(json) && isJsonObject(json["processing"]) ? json : undefined;
}

function parsed(text: string): unknown {
  try {
    return parsePythonJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(toAsciiJson(value).padEnd(leastBytes));
}
