import {
  type ArtifactSink,
  Assembly,
  type DatasetStream,
  defineExporter,
  type ExportContext,
  type Exporter,
  type Findings,
} from "@sluice/core";
import { Hdf5Writer } from "@sluice/hdf5";
import { lookFirst } from "@sluice/spikes";
import { Contents } from "./contents/contents.ts";
import { SeenValues } from "./contents/seen-values.ts";
import { writeRoot } from "./general/root.ts";
import { memoryOf } from "./memory.ts";
import { checkStructure } from "./model/check-structure.ts";
import { NwbFile } from "./model/nwb-file.ts";
import { Schema } from "./model/schema.ts";
import { type NwbOptions, optionSchema } from "./options.ts";
import { type Planned, planNwb } from "./plan.ts";
import { specificationsOf } from "./specifications/index.ts";
import { version } from "./version.ts";

const mediaType = "application/x-nwb";

/** Writes spikes, raw traces, electrodes and intervals as one NWB file. */
export const nwb: Exporter = defineExporter<NwbOptions>({
  format: {
    name: "nwb",
    summary: "Neurodata Without Borders 2: sorted units, electrodes, raw traces, trials; checked before and after.",
    version,
    contents: ["spike_trains", "responses"],
    dataTypes: [],
    unknownLength: true,
    extensions: [".nwb"],
    mediaType,
  },
  options: optionSchema,
  check: (header, options) => {
    const { plan, problems, losses } = planNwb(header, options);
    return { problems: [...problems], losses: [...losses], memoryBytes: memoryOf(plan) };
  },
  export: exportFile,
});

async function exportFile(
  stream: DatasetStream,
  options: NwbOptions,
  sink: ArtifactSink,
  context: ExportContext,
): Promise<Findings> {
  const planned = planNwb(stream.header, options);
  const seen = new SeenValues(planned.plan, options);
  return lookFirst(stream, seen, (looked) => {
    context.warn?.(seen.warnings(looked.pending));
    return writeFile(looked, planned, seen, options, sink, context);
  });
}

async function writeFile(
  stream: DatasetStream,
  { plan, problems, losses, origins }: Planned,
  seen: SeenValues,
  options: NwbOptions,
  sink: ArtifactSink,
  context: ExportContext,
): Promise<Findings> {
  const checkpointBytes = options.checkpointMiB === undefined ? undefined : options.checkpointMiB * 2 ** 20;
  const writer = new Hdf5Writer(await sink.create(`${context.name}.nwb`, mediaType), { checkpointBytes });
  const file = new NwbFile(writer, options.schemaVersion, context.uuid);
  const specifications = await specificationsOf(options.schemaVersion);
  await writeRoot(file, plan.session, specifications, context);
  const contents = new Contents(file, stream.header, plan, seen, options);
  const assembly = new Assembly(stream, (array) => contents.gridOf(array));
  for await (const item of assembly) {
    context.signal.throwIfAborted();
    await context.clock.time("encode", () => contents.take(item));
  }
  const findings = await contents.end();
  checkStructure(file, new Schema(specifications));
  await writer.close(options.schemaVersion);
  return {
    warnings: [...problems, ...seen.warnings(), ...findings.warnings],
    losses: [...losses, ...findings.losses],
    origins: [...origins, ...findings.origins],
    gaps: assembly.gaps,
    digests: assembly.digests.filter(({ array }) => findings.exactArrays.includes(array)),
  };
}
