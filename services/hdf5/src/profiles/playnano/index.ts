import { Assembly, type DatasetStream, type ExportContext, type Findings, isError, SluiceError } from "@sluice/core";
import { fixedText, type GroupWriter, type Hdf5Writer } from "@sluice/hdf5";
import { type Bundle, bundleLosses, bundleOf, FrameMetadata, layerFolder, maskFolder } from "@sluice/playnano";
import type { ArrayDigest, Problem } from "@sluice/proto";
import type { Hdf5Options } from "../../options.ts";
import type { Profile } from "../../profile.ts";
import { storageOf } from "../generic/storage.ts";
import { bundleTexts } from "./bundle-texts.ts";
import { foresee } from "./outlook.ts";
import { StackWriter } from "./stack-writer.ts";

/** The bundle that playNano saves and loads (playnano.io.export_data.save_h5_bundle, 0.5). */
export const playnano: Profile = { name: "playnano", check: foresee, write: writeBundle };

/** Times that are gathered at a time. */
const timesPerBlock = 65_536;

async function writeBundle(
  stream: DatasetStream,
  options: Hdf5Options,
  { root }: Hdf5Writer,
  { signal, clock }: ExportContext,
): Promise<Findings> {
  const { header } = stream;
  const { bundle, warnings } = requireBundle(stream, options);
  const writers = stackWriters(root, bundle, options);
  const frames = new FrameMetadata(bundle.data, bundle);
  const before = bundle.beforeEdit && new FrameMetadata(bundle.beforeEdit, bundle);
  const timesArrays = new Set([bundle.data.times?.arrayId, bundle.beforeEdit?.times?.arrayId]);
  const assembly = new Assembly(stream, ({ arrayId }) =>
    timesArrays.has(arrayId) ? [timesPerBlock] : writers.get(arrayId)?.grid,
  );
  for await (const item of assembly) {
    signal.throwIfAborted();
    if (item.kind === "block") {
      frames.addBlock(item.block);
      before?.addBlock(item.block);
      await clock.time("encode", () => writers.get(item.block.array.arrayId)?.write(item.block));
    } else if (item.kind === "batch") {
      frames.addBatch(item.batch);
    } else if (item.kind === "end") {
      writers.get(item.array.arrayId)?.end(item.shape);
    }
  }

  const shapes = new Map(Array.from(writers.values(), ({ array, shape }) => [array.name, shape]));
  const { seconds, texts } = bundleTexts(header, bundle, shapes, frames, before);
  await root.writeDataset("timestamps", seconds);
  for (const [name, text] of Object.entries(texts)) {
    await root.writeDataset(name, text, { type: fixedText(text.length) });
  }
  root.attributes.set("pixel_size_nm", bundle.pixelSizeNm, "float64");
  root.attributes.set("channel", bundle.channel);
  return {
    warnings,
    losses: [...writers.values()].flatMap((writer) => writer.losses()).concat(bundleLosses(header, bundle)),
    origins: header.dataset.origins,
    gaps: assembly.gaps,
    digests: digestsOf(assembly, writers, bundle),
  };
}

function requireBundle(
  { header }: DatasetStream,
  { raw = false }: Hdf5Options,
): { bundle: Bundle; warnings: Problem[] } {
  const outcome = bundleOf(header, { raw });
  if ("bundle" in outcome) return { bundle: outcome.bundle, warnings: [...outcome.problems] };
  throw new SluiceError(outcome.problems.find(isError) as Problem);
}

/** By the handles of their arrays. */
function stackWriters(root: GroupWriter, bundle: Bundle, options: Hdf5Options): Map<number, StackWriter> {
  const { filters } = storageOf(options);
  const { image } = bundle.data;
  const writers = new Map([[image.arrayId, new StackWriter(root, "data", "image", image, "float32", filters)]]);
  if (bundle.isRaw) return writers;
  const folders = [
    [layerFolder, bundle.processed, "float32"],
    [maskFolder, bundle.masks, "bool"],
  ] as const;
  for (const [folder, entries, type] of folders) {
    root.createGroup(folder.slice(0, -1));
    for (const { key, array } of entries) {
      const path = `${folder}${key}`;
      writers.set(array.arrayId, new StackWriter(root, path, path, array, type, filters));
    }
  }
  return writers;
}

/** Digests of what the file holds, by the names that our loader gives. */
function digestsOf(assembly: Assembly, writers: ReadonlyMap<number, StackWriter>, { data }: Bundle): ArrayDigest[] {
  const byName = new Map(Array.from(writers.values(), (writer) => [writer.array.name, writer]));
  return assembly.digests.flatMap((digest) => {
    const writer = byName.get(digest.array);
    if (writer) return [writer.digest(digest)];
    const isStoredTimes =
      digest.array === data.times?.name && digest.dataType === "float64" && data.times.valueScale === undefined;
    return isStoredTimes && isSeconds(data) ? [{ ...digest, array: "timestamps" }] : [];
  });
}

function isSeconds({ times, image }: Bundle["data"]): boolean {
  return ["s", "second", "seconds"].includes(times?.unit || (image.axes[0]?.unit ?? ""));
}
