import { Assembly, type DatasetStream, type ExportContext, SluiceError } from "@sluice/core";
import type { Hdf5Writer } from "@sluice/hdf5";
import type { Problem } from "@sluice/proto";
import type { Hdf5Options } from "../../options.ts";
import type { Profile, Written } from "../../profile.ts";
import { Contents } from "./contents.ts";
import { plannedLosses } from "./losses.ts";
import { foresee } from "./outlook.ts";
import { planSpikes } from "./plan.ts";

/** Spike trains as SpikeLab's `load_spikedata_from_hdf5` reads them, in one of its four styles. */
export const spikelab: Profile = {
  name: "spikelab",
  check: foresee,
  write: writeSpikes,
};

async function writeSpikes(
  stream: DatasetStream,
  options: Hdf5Options,
  { root }: Hdf5Writer,
  { signal, clock }: ExportContext,
): Promise<Written> {
  const { plan, problems } = planSpikes(stream.header, options);
  if (!plan) throw new SluiceError(problems[0] as Problem);
  const contents = new Contents(root, stream.header, plan);
  const assembly = new Assembly(stream, (array) => contents.gridOf(array));
  for await (const item of assembly) {
    signal.throwIfAborted();
    await clock.time("encode", () => contents.take(item));
  }
  await contents.end();
  const { exactArrays, findings } = contents;
  return {
    warnings: [...problems, ...findings.warnings],
    losses: [...plannedLosses(stream.header, plan), ...findings.losses],
    origins: stream.header.dataset.origins,
    gaps: assembly.gaps,
    digests: assembly.digests.filter(({ array }) => exactArrays.has(array)),
    formatVersion: `HDF5 1.8, SpikeLab ${plan.style}`,
  };
}
