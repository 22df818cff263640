import type { Rule } from "./rule.ts";
import { electrodeRules } from "./rules/electrodes.ts";
import { nameRules } from "./rules/names.ts";
import { seriesRules } from "./rules/series.ts";
import { sessionRules } from "./rules/session.ts";
import { subjectRules } from "./rules/subject.ts";
import { unitRules } from "./rules/units.ts";

/** The rules, as nwbinspector orders them. Those that need the values are in the contents that see them. */
export const rules: readonly Rule[] = [
  ...sessionRules,
  ...subjectRules,
  ...nameRules,
  ...electrodeRules,
  ...seriesRules,
  ...unitRules,
];
