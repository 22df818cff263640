import { problem } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import * as v from "valibot";
import type { StorageOptions } from "./dataset-plan.ts";

/** Options of exporters that write HDF5: how the chunks of datasets are packed. */
export const packingOptionEntries = {
  compression: v.optional(
    v.pipe(v.picklist(["deflate", "none"]), v.description("deflate: every reader. none: fastest.")),
    "deflate",
  ),
  level: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(9),
      v.description("Deflate level; without it deflate fits itself to the data."),
    ),
  ),
  shuffle: v.optional(
    v.pipe(
      v.boolean(),
      v.description("Group the bytes of elements by significance before deflate; without it where that leaves less."),
    ),
  ),
};

/** What the options say of packing. */
export interface PackingOptions {
  readonly compression: "deflate" | "none";
  readonly level?: number | undefined;
  readonly shuffle?: boolean | undefined;
}

/** Filters of datasets with chunks. */
export type Filters = Pick<StorageOptions, "shuffle" | "deflate">;

/** The filters that the options ask for. */
export function filtersOf({ compression, level, shuffle }: PackingOptions): Filters {
  return compression === "none" ? {} : { shuffle: shuffle ?? "adaptive", deflate: level ?? "adaptive" };
}

/** OPTION_NOT_APPLICABLE for what was asked of a compression that there is none of. */
export function packingProblems({ compression, level, shuffle }: PackingOptions): Problem[] {
  if (compression !== "none") return [];
  return Object.entries({ level, shuffle })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      problem({
        reason: "OPTION_NOT_APPLICABLE",
        message: "The option has no effect without compression.",
        field: `options.${name}`,
        got: `${value} with compression none`,
        allowed: [`${name} with compression deflate`],
        remedy: `Leave ${name} or compression out.`,
      }),
    );
}
