import type { GroupWriter } from "@sluice/hdf5";
import { DatasetSpec, ProvenanceStep } from "@sluice/proto";
import { version } from "../../version.ts";
import { ReadableAttributes } from "./attributes.ts";
import { nameObject } from "./describe-array.ts";
import { groups, layoutName, layoutVersion, rootAttributes, stepsPath } from "./layout.ts";
import { linkName } from "./object-path.ts";

/** Attributes of the root, and the texts that stand in datasets of their own: records, metadata, steps. */
export async function describeDataset(root: GroupWriter, dataset: DatasetSpec): Promise<void> {
  const { attributes } = root;
  attributes.set(rootAttributes.layout, layoutName);
  attributes.set(rootAttributes.version, layoutVersion, "uint32");
  const readable = new ReadableAttributes(attributes);
  readable.text("software", `Sluice ${version}`);
  readable.text("name", dataset.name);
  readable.text("session_start_time", dataset.sessionStartTime?.toISOString() ?? "");
  readable.text("acquired_time", dataset.provenance?.acquiredTime?.toISOString() ?? "");
  readable.text("source", dataset.provenance?.source ?? "");
  attributes.set(rootAttributes.dataset, JSON.stringify(DatasetSpec.toJSON(remainderOf(dataset))), "text");
  await writeTexts(root, groups.records, dataset.records);
  await writeTexts(root, groups.metadata, dataset.metadata);
  const steps = dataset.provenance?.steps.map((step) => JSON.stringify(ProvenanceStep.toJSON(step))) ?? [];
  if (steps.length > 0) await root.writeDataset(stepsPath, steps);
}

/** The dataset without what has a place of its own in the file; an empty struct stands for one that is there. */
function remainderOf(dataset: DatasetSpec): DatasetSpec {
  const { records, metadata, provenance } = dataset;
  return {
    ...dataset,
    records: records && {},
    metadata: metadata && {},
    provenance: provenance && { ...provenance, steps: [] },
  };
}

async function writeTexts(root: GroupWriter, group: string, texts: DatasetSpec["records"]): Promise<void> {
  for (const [name, value] of Object.entries(texts ?? {})) {
    const path = linkName(name);
    const dataset = await root.requireGroup(group).writeDataset(path, JSON.stringify(value ?? null), { type: "text" });
    nameObject(dataset.attributes, name, path);
  }
}
