import { problem } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import type { Hdf5Options } from "./options.ts";

/** OPTION_NOT_APPLICABLE for what was asked of a compression that there is none of. */
export function packingProblems({ compression, level, shuffle }: Hdf5Options): Problem[] {
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
