import { Assembly, type AssemblyItem, type DatasetStream, type ExportContext } from "@sluice/core";
import type { Hdf5Writer } from "@sluice/hdf5";
import type { Hdf5Options } from "../../options.ts";
import type { Profile, Written } from "../../profile.ts";
import { Contents } from "./contents.ts";
import { describeDataset } from "./describe-dataset.ts";
import { layoutName, layoutVersion } from "./layout.ts";
import { lossesOf } from "./losses.ts";
import { foresee } from "./outlook.ts";

/** Everything that a stream holds, in a layout of our own: docs/formats/hdf5.md. */
export const generic: Profile = { name: "generic", check: foresee, write: writeGeneric };

/** What another layout puts beside the generic one, whose names it does not take. */
export interface Companion {
  take(item: AssemblyItem): void;
  /** All data have come. */
  finish(): Promise<void>;
}

/** Drains the stream into the layout. */
export async function writeGeneric(
  stream: DatasetStream,
  options: Hdf5Options,
  file: Hdf5Writer,
  { signal, clock }: ExportContext,
  companion?: Companion,
): Promise<Written> {
  const { header } = stream;
  await describeDataset(file.root, header.dataset);
  const contents = new Contents(file.root, header, options);
  const assembly = new Assembly(stream, (array) => contents.gridOf(array));
  for await (const item of assembly) {
    signal.throwIfAborted();
    companion?.take(item);
    await clock.time("encode", () => contents.take(item));
  }
  await contents.endTables();
  await companion?.finish();
  return {
    losses: lossesOf(header),
    origins: header.dataset.origins,
    gaps: assembly.gaps,
    digests: assembly.digests,
    formatVersion: `HDF5 1.8, ${layoutName} ${layoutVersion}`,
  };
}
