import { digestRoot } from "@sluice/core";
import type { ArrayDigest } from "@sluice/proto";
import type { TableValues } from "@sluice/spikes";
import { canonicalNames } from "./names.ts";
import type { FolderPlan } from "./plan.ts";
import { isNoise } from "./write/cluster-tables.ts";

/** What became of the units in a folder. */
export interface KeptUnits {
  readonly ids: Float64Array;
  /** Spikes of each unit. */
  readonly counts: readonly number[];
  readonly table: TableValues | undefined;
  /** True when the spikes of every unit came in order of time. */
  readonly ascends: boolean;
}

/**
 * Digests of what our loader finds in a folder, under the names that it gives: units in the order of their cluster ids,
 * without noise. Left out is what does not come back bit by bit: spikes that were sorted, values of another type, and
 * templates of silent units whose ids do not tell them.
 *
 * @param times digest of the times as the folder has them, by unit
 * @param assembled digests of the arrays as they came
 */
export function keptDigests(
  { raw, templates, amplitudes }: FolderPlan,
  { ids, counts, table, ascends }: KeptUnits,
  times: ArrayDigest,
  assembled: readonly ArrayDigest[],
): ArrayDigest[] {
  const order = [...ids.keys()]
    .filter((unit) => !isNoise(table, unit))
    .toSorted((a, b) => (ids[a] as number) - (ids[b] as number));
  const isWhole = order.length === ids.length && order.every((unit, place) => unit === place);
  const named = (name: string | undefined) => assembled.find(({ array }) => array === name);
  const units = (digest: ArrayDigest | undefined, array: string): ArrayDigest[] => {
    if (!digest) return [];
    if (isWhole) return [{ ...digest, array }];
    // Leaves of several units cannot be put in another order.
    if (digest.framesPerLeaf !== 1) return [];
    const frames = order.map((unit) => digest.frames[unit] as number);
    const parts = { ...digest, array, shape: [order.length, ...digest.shape.slice(1)], frames };
    return [{ ...parts, root: digestRoot(parts) }];
  };
  const foundTemplates = (isWhole && ids.every((id, unit) => id === unit)) || counts.every((count) => count > 0);
  const exactTemplates = foundTemplates && /^float(32|64)$/.test(templates?.dataType ?? "");
  const traces = named(raw?.name);
  return [
    ...(ascends ? units(times, canonicalNames.times) : []),
    ...(ascends && amplitudes?.dataType === "float64" ? units(named(amplitudes.name), canonicalNames.amplitudes) : []),
    ...(exactTemplates ? units(named(templates?.name), canonicalNames.templates) : []),
    ...(traces ? [{ ...traces, array: canonicalNames.raw }] : []),
  ];
}
