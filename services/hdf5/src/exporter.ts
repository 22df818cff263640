import {
  type ArtifactSink,
  type DatasetStream,
  dataTypes,
  defineExporter,
  type ExportContext,
  type Exporter,
  type Findings,
} from "@sluice/core";
import { Hdf5Writer, packingProblems } from "@sluice/hdf5";
import { type Hdf5Options, optionSchema } from "./options.ts";
import type { Profile } from "./profile.ts";
import { optionsOfOthers, writeOptionProfiles } from "./profile-options.ts";
import { auto } from "./profiles/auto/index.ts";
import { generic } from "./profiles/generic/index.ts";
import { playnano } from "./profiles/playnano/index.ts";
import { spikelab } from "./profiles/spikelab/index.ts";
import { version } from "./version.ts";

const profiles: readonly Profile[] = [auto, generic, playnano, spikelab];

/** Writes a dataset as one HDF5 file, in the layout of a profile. */
export const hdf5: Exporter = defineExporter<Hdf5Options>({
  format: {
    name: "hdf5",
    summary: "HDF5: arrays, tables, records and provenance; also for playNano and SpikeLab.",
    version,
    contents: ["image_stacks", "spike_trains", "segmentations", "responses", "kymographs"],
    dataTypes: [...dataTypes],
    unknownLength: true,
    extensions: [".h5", ".hdf5"],
    mediaType: "application/x-hdf5",
  },
  options: optionSchema,
  check: (header, options) => {
    const problems = [...optionsOfOthers(options.profile, options, writeOptionProfiles), ...packingProblems(options)];
    return problems.length > 0 ? { problems } : profileOf(options).check(header, options);
  },
  export: exportFile,
});

async function exportFile(
  stream: DatasetStream,
  options: Hdf5Options,
  sink: ArtifactSink,
  context: ExportContext,
): Promise<Findings> {
  const checkpointBytes = options.checkpointMiB === undefined ? undefined : options.checkpointMiB * 2 ** 20;
  const artifact = await sink.create(`${context.name}.h5`, "application/x-hdf5");
  const file = new Hdf5Writer(artifact, { checkpointBytes });
  const { formatVersion, ...findings } = await profileOf(options).write(stream, options, file, context);
  await file.close(formatVersion);
  return findings;
}

function profileOf({ profile }: Hdf5Options): Profile {
  return profiles.find(({ name }) => name === profile) as Profile;
}
