import { warning } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import type { FolderPlan } from "./plan.ts";
import type { Channels } from "./write/channels.ts";

/** What is known of a folder when it is complete. */
export interface FolderFacts {
  readonly spikes: number;
  /** The first spike's time as it stands in the file. */
  readonly first: number;
  /** Spikes of each unit. */
  readonly counts: readonly number[];
  readonly channels: Channels;
  readonly placeholders: readonly (readonly [file: string, detail: string])[];
}

/** What people should know of a folder that is complete. */
export function folderWarnings(plan: FolderPlan, facts: FolderFacts): Problem[] {
  return plan.isPhy ? phyWarnings(plan, facts) : spikelabWarnings(plan, facts);
}

function phyWarnings(
  { spikes: { times, electrodes }, templates, raw }: FolderPlan,
  { spikes, first, channels, placeholders }: FolderFacts,
): Problem[] {
  const problems: Problem[] = placeholders.map(([file, detail]) =>
    warning({
      reason: "PLACEHOLDER_WRITTEN",
      message: `Phy needs ${file}, and the dataset does not hold what stands there: a neutral value was written.`,
      field: file,
      got: detail,
    }),
  );
  if (spikes < 2) {
    problems.push(
      warning({
        reason: "PHY_NEEDS_SPIKES",
        message: "Phy opens no folder of fewer than two spikes.",
        field: `arrays.${times.name}`,
        got: `${spikes} spikes`,
        allowed: ["2 or more"],
      }),
    );
  }
  if (first < 0) {
    problems.push(
      warning({
        reason: "SPIKES_BEFORE_RECORDING",
        message: "Some spikes lie before the first sample of the recording, at negative times.",
        field: `arrays.${times.name}`,
        got: String(first),
        remedy: "Correct the start of the raw traces or of the recording.",
      }),
    );
  }
  if (!channels.electrodesFit) {
    problems.push(
      warning({
        reason: "ELECTRODES_MISMATCH",
        message: "There are not as many electrodes as channels of the raw traces; positions are placeholders.",
        field: `tables.${electrodes?.name}`,
        got: `${raw?.axes[1]?.size} channels`,
        remedy: "Say in a column named channel which channel each electrode is.",
      }),
    );
  }
  const own = templates?.axes[2]?.size;
  if (own !== undefined && own !== channels.count) {
    problems.push(
      warning({
        reason: "TEMPLATE_CHANNELS_MISMATCH",
        message: "The templates have another number of channels than the folder; Phy cannot show them.",
        field: `arrays.${templates?.name}`,
        got: `${own} channels`,
        allowed: [`${channels.count}`],
      }),
    );
  }
  return problems;
}

function spikelabWarnings({ spikes: { times } }: FolderPlan, { counts }: FolderFacts): Problem[] {
  const silent = counts.filter((count) => count === 0).length;
  if (silent === 0) return [];
  return [
    warning({
      reason: "SPIKELAB_UNITS_NOT_SEEN",
      message: "SpikeLab's folders know of units by their spikes alone: units without one are lost.",
      field: `arrays.${times.name}`,
      got: `${silent} such units`,
      remedy: "Choose the profile phy, whose tables have them.",
    }),
  ];
}
