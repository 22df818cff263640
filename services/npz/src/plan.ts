import { type DatasetHeader, isError, problem, timeProblems } from "@sluice/core";
import { type Bundle, bundleOf } from "@sluice/playnano";
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
  { profile, raw }: NpzOptions,
): { readonly bundle?: Bundle; readonly problems: readonly Problem[] } {
  const wanted = profile === "playnano" || (profile === "auto" && isForceMicroscopy(header));
  const outcome = wanted ? bundleOf(header, { raw }) : undefined;
  if (outcome && ("bundle" in outcome || profile === "playnano" || raw)) return outcome;
  return { problems: raw ? [rawNotApplicable(profile)] : [] };
}

function isForceMicroscopy({ dataset }: DatasetHeader): boolean {
  return dataset.imageStacks[0]?.modality === "atomic force microscopy";
}

function rawNotApplicable(profile: string): Problem {
  return problem({
    reason: "OPTION_NOT_APPLICABLE",
    message: "The option belongs to bundles of playNano alone.",
    field: "options.raw",
    got: `raw with profile ${profile}`,
    allowed: ["raw with profile playnano"],
    remedy: "Leave it out, or set the profile.",
  });
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
    }),
  ];
}
