import { basename } from "node:path";
import { jsonSchemaOf, type Loader, requireOptions } from "@sluice/core";
import { unreadable } from "@sluice/npy";
import type { Frame } from "@sluice/proto";
import { type LoadOptions, loadOptions } from "./load-options.ts";
import { Archive, type NpyMember } from "./read/archive.ts";
import { bundleModel, isBundle, isBundleKey } from "./read/bundle.ts";
import type { FileModel } from "./read/model.ts";
import { emptyModel, plainModel } from "./read/plain.ts";
import { restoredModel } from "./read/restored.ts";
import { isSorted, isSortedKey, sortedModel } from "./read/sorted/sorted-model.ts";

/**
 * Reads .npz and .npy files: our own to the stream that they were made of, bundles of playNano, recordings of SpikeLab's
 * sorter, and any arrays.
 */
export const npzLoader: Loader = {
  format: {
    name: "npz",
    summary: "NumPy's .npz and .npy, bundles of playNano, recordings of SpikeLab's sorter; nothing pickled is run",
    extensions: [".npz", ".npy"],
    get optionSchema() {
      return jsonSchemaOf(loadOptions);
    },
  },
  recognises: (path, head) => isNpy(head) || (isZip(head) && path.toLowerCase().endsWith(".npz")),
  load: async (path, raw, signal) => {
    const options = requireOptions(loadOptions, raw, "options");
    const archive = await Archive.open(path);
    try {
      const members = await archive.members(path);
      const model = await modelOf(archive, chosen(members, options), basename(path), options);
      return { header: model.header, frames: readFrames(path, model, signal) };
    } finally {
      await archive.close();
    }
  },
};

async function* readFrames(path: string, { sources }: FileModel, signal?: AbortSignal): AsyncGenerator<Frame> {
  const archive = await Archive.open(path);
  try {
    for (const source of sources) {
      for await (const frame of source(archive)) {
        signal?.throwIfAborted();
        yield frame;
      }
    }
  } finally {
    await archive.close();
  }
}

/** What is not part of the stream or the bundle that the file speaks of was added since: arrays of their own. */
async function modelOf(
  archive: Archive,
  members: readonly NpyMember[],
  fileName: string,
  { profile, keys, axes, image, lengthMs }: LoadOptions,
): Promise<FileModel> {
  const byKey = new Map(members.map((member) => [member.key, member]));
  const isAuto = profile === "auto" && keys === undefined && axes === undefined;
  const restored = isAuto ? await restoredModel(archive, byKey) : undefined;
  if (restored) {
    const added = members.filter(({ key }) => !restored.keys.has(key) && !isBundleKey(key));
    return plainModel(archive, added, restored);
  }
  if (profile === "spikelab" || (isAuto && isSorted(byKey))) {
    const sorted = await sortedModel(archive, byKey, fileName, { lengthMs });
    return plainModel(
      archive,
      members.filter(({ key }) => !isSortedKey(key)),
      sorted,
    );
  }
  if (lengthMs !== undefined) throw noRecording();
  if (profile === "playnano" || (isAuto && isBundle(byKey))) {
    const bundle = await bundleModel(archive, byKey, fileName);
    const added = members.filter(({ key }) => !isBundleKey(key));
    return plainModel(archive, added, bundle);
  }
  const name = fileName.replace(/\.np[yz]$/i, "");
  return plainModel(archive, members, emptyModel(name, fileName), { axes, image });
}

function chosen(members: readonly NpyMember[], { keys }: LoadOptions): readonly NpyMember[] {
  if (keys === undefined) return members;
  const wanted = keys.split(",").map((key) => key.trim());
  const missing = wanted.find((key) => !members.some((member) => member.key === key));
  if (missing === undefined) return members.filter(({ key }) => wanted.includes(key));
  throw unreadable("KEY_MISSING", "options.keys", "The file has no array of this key.", {
    got: missing,
    allowed: members.map(({ key }) => key),
    remedy: "Correct the option.",
  });
}

function noRecording(): Error {
  return unreadable(
    "OPTION_NOT_APPLICABLE",
    "options.lengthMs",
    "The option belongs to recordings of SpikeLab's sorter.",
    {
      got: "lengthMs",
      allowed: ["lengthMs with a file of the keys units and fs"],
      remedy: "Leave it out, or set profile to spikelab.",
    },
  );
}

function isZip(head: Uint8Array): boolean {
  return ["PK\x03\x04", "PK\x05\x06"].includes(String.fromCharCode(...head.subarray(0, 4)));
}

function isNpy(head: Uint8Array): boolean {
  return String.fromCharCode(...head.subarray(0, 6)) === "\x93NUMPY";
}
