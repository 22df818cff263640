import { problem, warning } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import type { Preview } from "./rule.ts";
import { rules } from "./rules.ts";

/** What nwbinspector would say of the file, as far as it is known before the first byte. */
export function inspect(preview: Preview, suggestions: boolean): Problem[] {
  return rules
    .filter(({ importance }) => suggestions || importance !== "suggestion")
    .flatMap(({ check, importance, reason, fatal, examine }) =>
      examine(preview)
        .filter((complaint) => complaint !== undefined)
        .map(({ message, ...complaint }) => {
          const parts = { reason, ...complaint, message: `${message} (nwbinspector, ${importance}: ${check})` };
          return fatal ? problem(parts) : warning(parts);
        }),
    );
}
