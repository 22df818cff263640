import { basename } from "node:path";
import type { DatasetStream } from "@sluice/core";
import type { Hdf5File } from "@sluice/hdf5";
import { bundleHeader } from "@sluice/playnano";
import type { Reading } from "../../reading.ts";
import { bundleFrames } from "./frames.ts";
import { readBundle } from "./stored.ts";

/** Bundles of playNano, its own and ours (playnano.io.data_loaders.load_h5_bundle, 0.5). */
export const playnano: Reading = { name: "playnano", recognises, load };

/** What every bundle has; a file with most of it is a bundle that lacks the rest. */
const parts = ["data", "frame_metadata_json", "provenance_json", "pixel_size_nm", "channel"];
const mostParts = 3;

async function recognises(file: Hdf5File): Promise<boolean> {
  const attributes = await file.attributes();
  const names = new Set([...(await file.children()).map(({ name }) => name), ...attributes.keys()]);
  return parts.filter((name) => names.has(name)).length >= mostParts;
}

async function load(file: Hdf5File, path: string, _options: unknown, signal?: AbortSignal): Promise<DatasetStream> {
  const stored = await readBundle(file, basename(path));
  const header = bundleHeader(stored);
  return { header, frames: bundleFrames(path, header, stored, signal) };
}
