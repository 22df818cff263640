import { Assembly, type DatasetStream, type ExportContext, isError, SluiceError, toSeconds } from "@sluice/core";
import { fixedText, type GroupWriter, type Hdf5Writer } from "@sluice/hdf5";
import {
  type Bundle,
  bundleLosses,
  bundleOf,
  bundleTexts,
  FrameMetadata,
  layerFolder,
  maskFolder,
  timeUnit,
} from "@sluice/playnano";
import type { ArrayDigest, ArraySpec, Problem } from "@sluice/proto";
import type { Hdf5Options } from "../../options.ts";
import type { Profile, Written } from "../../profile.ts";
import { storageOf } from "../generic/storage.ts";
import { foresee } from "./outlook.ts";
import { StackWriter } from "./stack-writer.ts";

/** The bundle that playNano saves and loads (playnano.io.export_data.save_h5_bundle, 0.5). */
export const playnano: Profile = { name: "playnano", check: foresee, write: writeBundle };

/** Times that are gathered at a time. */
const timesPerBlock = 65_536;

async function writeBundle(
  stream: DatasetStream,
  options: Hdf5Options,
  file: Hdf5Writer,
  { signal, clock }: ExportContext,
): Promise<Written> {
  const { root } = file;
  const { header } = stream;
  const { bundle, warnings } = requireBundle(stream);
  root.attributes.set("pixel_size_nm", bundle.pixelSizeNm, "float64");
  root.attributes.set("channel", bundle.channel);
  const stacks = stackWriters(root, bundle, options);
  // The image may be a layer, too.
  const stacksOf = ({ arrayId }: ArraySpec) => stacks.filter(({ array }) => array.arrayId === arrayId);
  const frames = new FrameMetadata(bundle.data, bundle);
  const before = bundle.beforeEdit && new FrameMetadata(bundle.beforeEdit, bundle);
  const timesArrays = new Set([bundle.data.times?.arrayId, bundle.beforeEdit?.times?.arrayId]);
  const assembly = new Assembly(stream, (array) =>
    timesArrays.has(array.arrayId) ? [timesPerBlock] : stacksOf(array)[0]?.grid,
  );
  for await (const item of assembly) {
    signal.throwIfAborted();
    if (item.kind === "block") {
      frames.addBlock(item.block);
      before?.addBlock(item.block);
      for (const stack of stacksOf(item.block.array)) await clock.time("encode", () => stack.write(item.block));
    } else if (item.kind === "batch") {
      frames.addBatch(item.batch);
    } else if (item.kind === "end") {
      for (const stack of stacksOf(item.array)) stack.end(item.shape);
    }
  }

  const shapes = new Map(stacks.map(({ array, shape }) => [array.name, shape]));
  const { seconds, texts } = bundleTexts(header, bundle, shapes, frames, before);
  await root.writeDataset("timestamps", seconds);
  for (const [name, text] of Object.entries(texts)) {
    await root.writeDataset(name, text, { type: fixedText(text.length) });
  }
  const castLosses = new Map(stacks.map((stack) => [stack.array.name, stack.losses()]));
  return {
    warnings,
    losses: [...castLosses.values(), bundleLosses(header, bundle)].flat(),
    origins: header.dataset.origins,
    gaps: assembly.gaps,
    digests: digestsOf(assembly, stacks, bundle),
    formatVersion: "HDF5 1.8, playNano bundle",
  };
}

function requireBundle({ header }: DatasetStream): { bundle: Bundle; warnings: Problem[] } {
  const outcome = bundleOf(header);
  if ("bundle" in outcome) return { bundle: outcome.bundle, warnings: [...outcome.problems] };
  throw new SluiceError(outcome.problems.find(isError) as Problem);
}

/** Makes the groups and the datasets. */
function stackWriters(root: GroupWriter, bundle: Bundle, options: Hdf5Options): StackWriter[] {
  const { filters } = storageOf(options);
  const data = new StackWriter(root, "data", "image", bundle.data.image, "float32", filters);
  const folders = [
    [layerFolder, bundle.processed, "float32"],
    [maskFolder, bundle.masks, "bool"],
  ] as const;
  const others = folders.flatMap(([folder, entries, type]) => {
    root.createGroup(folder.slice(0, -1));
    return entries.map(({ key, array }) => {
      const path = `${folder}${key}`;
      return new StackWriter(root, path, path, array, type, filters);
    });
  });
  return [data, ...others];
}

/** Digests of what the file holds, by the names that our loader gives. */
function digestsOf({ digests }: Assembly, stacks: readonly StackWriter[], { data }: Bundle): ArrayDigest[] {
  return digests.flatMap((digest) => {
    if (digest.array === data.times?.name) return areStored(data) ? [{ ...digest, array: "timestamps" }] : [];
    return stacks.filter(({ array }) => array.name === digest.array).map((stack) => stack.digest(digest));
  });
}

/** True when the array of times is stored as it came: seconds in float64. */
function areStored({ times, image }: Bundle["data"]): boolean {
  if (times?.dataType !== "float64" || times.valueScale !== undefined || times.valueOffset !== undefined) return false;
  return toSeconds(1, timeUnit(times, image.axes[0]?.unit ?? "")) === 1;
}
