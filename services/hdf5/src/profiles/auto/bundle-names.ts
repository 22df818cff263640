import type { AssemblyItem, DatasetHeader } from "@sluice/core";
import { fixedText, type GroupWriter } from "@sluice/hdf5";
import { type Bundle, bundleTexts, FrameMetadata, layerFolder, maskFolder } from "@sluice/playnano";
import type { ArraySpec } from "@sluice/proto";
import type { Companion } from "../generic/index.ts";
import { groups } from "../generic/layout.ts";
import { objectPaths } from "../generic/object-path.ts";

/** Texts of a frame: its metadata, twice where the frames were edited. */
const bytesPerFrame = 512;

/**
 * What playNano looks for in a file (playnano.io.data_loaders.load_h5_bundle, 0.5), beside the generic layout: links to
 * the arrays, which it casts to float32 as it loads them, and its texts.
 */
export class BundleNames implements Companion {
  readonly #root: GroupWriter;
  readonly #header: DatasetHeader;
  readonly #bundle: Bundle;
  readonly #frames: FrameMetadata;
  readonly #before: FrameMetadata | undefined;
  /** Final shapes by array name. */
  readonly #shapes = new Map<string, readonly number[]>();

  constructor(root: GroupWriter, header: DatasetHeader, bundle: Bundle) {
    this.#root = root;
    this.#header = header;
    this.#bundle = bundle;
    this.#frames = new FrameMetadata(bundle.data, bundle);
    this.#before = bundle.beforeEdit && new FrameMetadata(bundle.beforeEdit, bundle);
    root.attributes.set("pixel_size_nm", bundle.pixelSizeNm, "float64");
    root.attributes.set("channel", bundle.channel);
    const paths = objectPaths(header.arrays.map(({ name }) => name));
    const link = (path: string, { name }: ArraySpec) =>
      root.createSoftLink(path, `/${groups.arrays}/${paths.get(name)}`);
    link("data", bundle.data.image);
    for (const folder of [layerFolder, maskFolder]) root.requireGroup(folder.slice(0, -1));
    for (const { key, array } of bundle.processed) link(`${layerFolder}${key}`, array);
    for (const { key, array } of bundle.masks) link(`${maskFolder}${key}`, array);
  }

  take(item: AssemblyItem): void {
    if (item.kind === "block") {
      this.#frames.addBlock(item.block);
      this.#before?.addBlock(item.block);
    } else if (item.kind === "batch") {
      this.#frames.addBatch(item.batch);
    } else if (item.kind === "end") {
      this.#shapes.set(item.array.name, item.shape);
    }
  }

  async finish(): Promise<void> {
    const { seconds, texts } = bundleTexts(this.#header, this.#bundle, this.#shapes, this.#frames, this.#before);
    await this.#root.writeDataset("timestamps", seconds);
    for (const [name, text] of Object.entries(texts)) {
      await this.#root.writeDataset(name, text, { type: fixedText(text.length) });
    }
  }
}

/** Upper estimate of what the names and texts take. */
export function bundleNamesBytes(header: DatasetHeader, { data }: Bundle): number {
  return JSON.stringify(header).length * 4 + 2 ** 14 + (data.image.axes[0]?.size ?? 0) * bytesPerFrame;
}
