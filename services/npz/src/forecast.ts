import { defaultLookAhead } from "@sluice/codec";
import { type DatasetHeader, type DataType, frameElements, itemSize, type Outlook } from "@sluice/core";
import { bytesOf } from "./keys.ts";
import { foreseenLosses } from "./losses.ts";
import type { NpzOptions } from "./options.ts";
import { type NpzPlan, planFile } from "./plan.ts";
import { blockBytesOf } from "./recorder.ts";

/** What an export would do: everything against it, what would be lost, and upper estimates of size and memory. */
export function foresee(header: DatasetHeader, options: NpzOptions): Outlook {
  const outcome = planFile(header, options);
  if ("problems" in outcome) return { problems: outcome.problems };
  const { plan } = outcome;
  return {
    problems: [...plan.warnings],
    losses: foreseenLosses(header, plan),
    artifactBytes: largestFile(header, plan),
    memoryBytes: heldBytes(plan),
  };
}

/** Headers and directory of a member beyond its name. */
const bytesPerMember = 600;

function largestFile(header: DatasetHeader, plan: NpzPlan): number | undefined {
  // Texts of a bundle say of each frame what the header says of all: no bound is known before they are made.
  if (plan.bundle && plan.bundle.data.image.axes[0]?.size === undefined) return undefined;
  const frames = plan.bundle?.data.image.axes[0]?.size ?? 0;
  let bytes = 16 * JSON.stringify(header).length + 65_536 + 2048 * frames;
  for (const planned of plan.arrays) {
    const own = bytesOf(planned);
    if (own === undefined) return undefined;
    bytes += own * 1.001 + bytesPerMember;
  }
  for (const { table, columns } of plan.tables) {
    for (const { column } of columns) {
      if (table.rows === undefined || column.dataType === "string") return undefined;
      bytes += table.rows * (itemSize[column.dataType as DataType] + 1) * 1.001 + 2 * bytesPerMember;
    }
  }
  return Math.ceil(bytes);
}

/** For chunks that come in the array's order; others open a buffer of a whole index of axis 0. */
function heldBytes({ arrays, tables }: NpzPlan): number {
  const members = arrays.length + tables.reduce((sum, { columns }) => sum + columns.length, 0);
  const block = blockBytesOf(members + 1);
  const frames = arrays.map(({ array }) =>
    array.ragged ? 0 : frameElements(array) * itemSize[array.dataType as DataType],
  );
  return Math.ceil(2 * Math.max(0, ...frames) + (members + 2 * defaultLookAhead) * block + 2 ** 20);
}
