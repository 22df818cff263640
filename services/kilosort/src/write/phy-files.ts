import { asBytes } from "@sluice/core";
import { npyBytes } from "@sluice/npy";
import type { FolderPlan } from "../plan.ts";
import type { Channels } from "./channels.ts";
import { attributeTexts, type Clusters, clusterGroupText, clusterInfoText } from "./cluster-tables.ts";
import { paramsText } from "./params.ts";
import type { Create } from "./spike-files.ts";
import { writePlaceholderTemplates } from "./templates-file.ts";

/** What is known of a folder once all data have come. */
export interface Described extends Clusters {
  readonly channels: Channels;
}

/** Something that stands in for what is not known. */
export type Placeholder = readonly [file: string, detail: string];

/** Whitening of data that are not whitened is the identity; of more channels than these Phy makes it itself. */
const mostWhitenedChannels = 1024;
const millisecondsOfTemplate = 2;

/** Writes what Phy wants beside the spikes. */
export async function describePhy(plan: FolderPlan, described: Described, create: Create): Promise<Placeholder[]> {
  const { channels } = described;
  const { count, map, positions, shanks } = channels;
  const placeholders: Placeholder[] = [...channels.placeholders];
  await write(create, "channel_map.npy", npyBytes("<i4", [count], asBytes(Int32Array.from(map))));
  await write(
    create,
    "channel_positions.npy",
    npyBytes("<f8", [count, 2], asBytes(Float64Array.from(positions.flat()))),
  );
  if (shanks) await write(create, "channel_shanks.npy", npyBytes("<i4", [count], asBytes(Int32Array.from(shanks))));
  if (count <= mostWhitenedChannels) {
    const identity = npyBytes("<f8", [count, count], asBytes(identityOf(count)));
    await write(create, "whitening_mat.npy", identity);
    await write(create, "whitening_mat_inv.npy", identity);
    placeholders.push(["whitening_mat.npy", "the identity: nothing in the folder is whitened"]);
  }
  if (!plan.templates) {
    await writeTemplates(plan, described, create);
    placeholders.push(["templates.npy", "zeros, and -1 on the channel of a unit: the dataset has no templates"]);
  }
  await write(create, "cluster_group.tsv", Buffer.from(clusterGroupText(described)));
  await write(create, "cluster_info.tsv", Buffer.from(clusterInfoText(described)));
  for (const { file, text } of attributeTexts(described)) await write(create, file, Buffer.from(text));
  const { durationSeconds } = plan.spikes.trains;
  const params = paramsText(plan, {
    channels: plan.raw?.axes[1]?.size ?? count,
    durationSeconds,
    placeholders: placeholders.map(([file]) => file),
  });
  await write(create, "params.py", Buffer.from(params));
  return placeholders;
}

async function writeTemplates(
  plan: FolderPlan,
  { ids, channels, unitChannels }: Described,
  create: Create,
): Promise<void> {
  const places = new Map(channels.map.map((channel, place) => [channel, place]));
  // Phy cuts waveforms of this length out of the traces.
  const inTraces = 2 * Math.round(((plan.samplingRateHz ?? 0) * millisecondsOfTemplate) / 2000);
  const samples = plan.raw ? Math.max(2, inTraces) : 2;
  const channelOf = (unit: number) => places.get(unitChannels.numbers?.[unit] ?? -1) ?? -1;
  await writePlaceholderTemplates(await create("templates.npy"), ids.length, samples, channels, channelOf);
}

/** Writes a small file whole. */
export async function write(create: Create, file: string, bytes: Uint8Array): Promise<void> {
  const writer = await create(file);
  await writer.write(bytes);
  await writer.close();
}

function identityOf(size: number): Float64Array {
  const values = new Float64Array(size * size);
  for (let index = 0; index < size; index++) values[index * (size + 1)] = 1;
  return values;
}
