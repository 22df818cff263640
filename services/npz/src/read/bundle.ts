import { type DatasetHeader } from "@sluice/core";
import { damaged } from "@sluice/npy";
import {
  type BundleTexts,
  bundleHeader,
  layerFolder,
  maskFolder,
  metadataFrames,
  parseBundleTexts,
  partMissing,
  type StoredArray,
} from "@sluice/playnano";
import type { ArraySpec } from "@sluice/proto";
import { bundleKeys } from "../keys.ts";
import type { Archive, NpyMember } from "./archive.ts";
import { denseFrames } from "./array-frames.ts";
import type { FileModel, FrameSource } from "./model.ts";
import { pickled } from "./plain.ts";
import { float64Of, isScalar, scalarText } from "./scalars.ts";

type Members = ReadonlyMap<string, NpyMember>;

const {
  data: dataKey,
  pixelSize,
  channel: channelKey,
  times,
  frames,
  provenance,
  backups,
  processed,
  masks,
} = bundleKeys;

/** True when the file holds what playNano cannot do without. */
export function isBundle(members: Members): boolean {
  return (
    [dataKey, pixelSize, channelKey].every((key) => members.has(key)) &&
    (members.has(frames) || members.has(provenance))
  );
}

/** True for the keys that a bundle has a meaning for. */
export function isBundleKey(key: string): boolean {
  const names: readonly string[] = [dataKey, pixelSize, channelKey, times, frames, provenance, backups];
  return names.includes(key) || key.startsWith(processed) || key.startsWith(masks);
}

/**
 * The dataset that a bundle of playNano holds. Its texts may be pickled: they are decoded without running anything.
 *
 * @param fileName without folders
 */
export async function bundleModel(archive: Archive, members: Members, fileName: string): Promise<FileModel> {
  const texts: BundleTexts = {
    frame_metadata_json: await bundleText(archive, members, frames),
    provenance_json: await bundleText(archive, members, provenance),
    state_backups_json: await bundleText(archive, members, backups),
  };
  const stored = {
    fileName,
    data: storedArray(required(members, dataKey)),
    processed: storedArrays(members, processed),
    masks: storedArrays(members, masks),
    timestamps: members.has(times) ? await float64Of(archive, required(members, times)) : undefined,
    pixelSizeNm: await pixelSizeOf(archive, required(members, pixelSize)),
    channel: (await bundleText(archive, members, channelKey)) ?? "",
    metadata: parseBundleTexts(texts),
  };
  const header = bundleHeader(stored);
  const images = header.arrays.flatMap((spec) => imageSource(header, spec, members));
  return { header, sources: [() => metadataFrames(stored), ...images] };
}

/** Frames of the data, a layer or a mask; the times come with the metadata. */
function imageSource({ dataset }: DatasetHeader, spec: ArraySpec, members: Members): FrameSource[] {
  const { name } = spec;
  const key =
    name === dataset.imageStacks[0]?.imageArray
      ? dataKey
      : name.startsWith(layerFolder)
        ? `${processed}${name.slice(layerFolder.length)}`
        : `${masks}${name.slice(maskFolder.length)}`;
  const member = members.get(key);
  return member ? [(archive) => denseFrames(archive, spec, member)] : [];
}

async function bundleText(archive: Archive, members: Members, key: string): Promise<string | undefined> {
  const member = members.get(key);
  if (!member) return undefined;
  const isPickled = isScalar(member) && member.header.type.kind === "object";
  const text = isPickled ? await archive.pickledText(member) : await scalarText(archive, member);
  if (text !== undefined) return text;
  throw isPickled || member.header.type.kind === "object" ? pickled(key) : damaged(key, "no text");
}

async function pixelSizeOf(archive: Archive, member: NpyMember): Promise<number> {
  const [size, ...more] = await float64Of(archive, member);
  if (size === undefined || more.length > 0) throw damaged(member.key, "no single number");
  return size;
}

function storedArrays(members: Members, prefix: string): Map<string, StoredArray> {
  const found = [...members].filter(([key]) => key.startsWith(prefix));
  return new Map(found.map(([key, member]) => [key.slice(prefix.length), storedArray(member)]));
}

function storedArray({ key, header: { type, shape } }: NpyMember): StoredArray {
  if (type.kind === "number") return { dataType: type.dataType, shape };
  throw type.kind === "object" ? pickled(key) : damaged(key, `${type.kind} where an image belongs`);
}

function required(members: Members, key: string): NpyMember {
  const member = members.get(key);
  if (!member) throw partMissing(key);
  return member;
}
