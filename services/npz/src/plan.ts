import { type DatasetHeader, isError, problem, timeProblems } from "@sluice/core";
import { type Bundle, bundleLayoutOf, bundleOf } from "@sluice/playnano";
import type { Problem } from "@sluice/proto";
import { bundleKeysOf, genericKeys, type Keys, keyProblems, leadOf, type PlannedArray } from "./keys.ts";
import type { NpzOptions } from "./options.ts";

/** Everything about a file that is known before the first value. */
export interface NpzPlan extends Keys {
  /** Set when the file is laid out for playNano. */
  readonly bundle: Bundle | undefined;
  readonly lead: PlannedArray | undefined;
  readonly warnings: readonly Problem[];
}

/** What will be written, or everything that stands against it. */
export function planFile(
  header: DatasetHeader,
  options: NpzOptions,
): { readonly plan: NpzPlan } | { readonly problems: Problem[] } {
  const chosen = chooseBundle(header, options);
  const keys = chosen.bundle ? bundleKeysOf(header, chosen.bundle) : genericKeys(header);
  const problems = [...chosen.problems, ...keyProblems(keys), ...timeProblems(header.dataset), ...emptyProblems(keys)];
  const faults = problems.filter(isError);
  if (faults.length > 0) return { problems: faults };
  return { plan: { ...keys, bundle: chosen.bundle, lead: leadOf(header, keys), warnings: problems } };
}

function chooseBundle(
  header: DatasetHeader,
  { profile }: NpzOptions,
): { readonly bundle?: Bundle | undefined; readonly problems: readonly Problem[] } {
  if (profile === "playnano") return bundleOf(header);
  return { bundle: profile === "auto" ? bundleLayoutOf(header) : undefined, problems: [] };
}

function emptyProblems({ arrays, tables }: Keys): Problem[] {
  if (arrays.length > 0 || tables.length > 0) return [];
  return [
    problem({
      reason: "DATASET_EMPTY",
      message: "The dataset has neither an array nor a table.",
      field: "arrays",
      got: "none",
      allowed: ["at least one array or table"],
      remedy: "Choose hdf5, which holds single values, or another input.",
    }),
  ];
}
