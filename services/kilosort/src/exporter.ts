import {
  type ArtifactSink,
  Assembly,
  type DatasetHeader,
  type DatasetStream,
  defineExporter,
  type ExportContext,
  type Exporter,
  type Findings,
  type Outlook,
  SluiceError,
} from "@sluice/core";
import type { Problem } from "@sluice/proto";
import { openSpool } from "@sluice/sink";
import { firstLookLimits, lookFirst, SpikeInspection } from "@sluice/spikes";
import { Folder } from "./folder.ts";
import { foreseenLosses, plannedLosses } from "./losses.ts";
import { type KilosortOptions, optionSchema } from "./options.ts";
import { type FolderPlan, planFolder } from "./plan.ts";
import { version } from "./version.ts";

/** Writes sorted spikes as a folder that Phy, phylib, SpikeInterface and SpikeLab open. */
export const kilosort: Exporter = defineExporter<KilosortOptions>({
  format: {
    name: "kilosort",
    summary: "Folder of KiloSort and Phy: spikes in order of time, clusters, templates, channels, raw traces.",
    version,
    contents: ["spike_trains"],
    dataTypes: ["float64", "float32"],
    unknownLength: true,
    extensions: [],
    mediaType: "inode/directory",
  },
  options: optionSchema,
  check,
  export: exportFolder,
});

/** Sorting and merging, see `Chronology`; a chunk on its way; the first look. */
const memoryBytes = 80 * 2 ** 20 + firstLookLimits.heldBytes + firstLookLimits.denseBytes;

function check(header: DatasetHeader, options: KilosortOptions): Outlook {
  const outcome = planFolder(header, options);
  if ("problems" in outcome) return { problems: outcome.problems };
  const { plan } = outcome;
  const losses = [...foreseenLosses(plan), ...plannedLosses(header, plan)];
  return { problems: [...plan.warnings], losses, memoryBytes };
}

async function exportFolder(
  stream: DatasetStream,
  options: KilosortOptions,
  sink: ArtifactSink,
  context: ExportContext,
): Promise<Findings> {
  const plan = requirePlan(stream.header, options);
  const { spikes, scale, originSeconds } = plan;
  const inspection = new SpikeInspection(spikes, scale, { originSeconds, sorts: true });
  return lookFirst(stream, inspection, (looked) => {
    if (looked.pending.size === 0) context.warn?.(inspection.warnings());
    return writeFolder(looked, plan, options, inspection, sink, context);
  });
}

async function writeFolder(
  stream: DatasetStream,
  plan: FolderPlan,
  options: KilosortOptions,
  inspection: SpikeInspection,
  sink: ArtifactSink,
  context: ExportContext,
): Promise<Findings> {
  const spool = openSpool();
  try {
    const folder = await Folder.begin(plan, options, inspection, sink, context, spool);
    const assembly = new Assembly(stream, (array) => folder.gridOf(array));
    for await (const item of assembly) {
      context.signal.throwIfAborted();
      await context.clock.time("encode", () => folder.take(item));
    }
    const { warnings, losses, origins } = await context.clock.time("write", () => folder.end());
    return {
      warnings: [...plan.warnings, ...warnings],
      losses: [...losses, ...plannedLosses(stream.header, plan)],
      origins: [...stream.header.dataset.origins, ...origins],
      gaps: assembly.gaps,
      digests: folder.digests(assembly.digests),
    };
  } finally {
    await spool.close();
  }
}

function requirePlan(header: DatasetHeader, options: KilosortOptions): FolderPlan {
  const outcome = planFolder(header, options);
  if ("plan" in outcome) return outcome.plan;
  throw new SluiceError(outcome.problems[0] as Problem);
}
