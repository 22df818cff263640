import { asBytes } from "@sluice/core";
import { npyBytes } from "@sluice/npy";
import type { FolderPlan } from "../plan.ts";
import { type Described, type Placeholder, write } from "./phy-files.ts";
import type { Create } from "./spike-files.ts";
import { statedChannels } from "./unit-channels.ts";

/** Writes SpikeLab's channel_map.npy, which has the channel of each unit, where all are known. */
export async function describeSpikelab(
  _plan: FolderPlan,
  { ids, table }: Described,
  create: Create,
): Promise<Placeholder[]> {
  const { numbers } = statedChannels(table);
  if (numbers?.length !== ids.length) return [];
  const values = BigInt64Array.from(numbers, BigInt);
  await write(create, "channel_map.npy", npyBytes("<i8", [values.length], asBytes(values)));
  return [];
}
