import { type Analysis, checkHeader, isError } from "@sluice/core";
import { type AnyStep, planSteps, requireClearPlan } from "./plan.ts";

/** Runs steps in this process. */
export function localAnalysis(steps: readonly AnyStep[], now: () => Date = () => new Date()): Analysis {
  return {
    steps: async () => steps.map((step) => step.descriptor),
    check: async (header, plan) => {
      const faults = checkHeader(header);
      if (faults.some(isError)) return { problems: faults };
      const planned = planSteps(header, { ...plan, now: now() }, steps);
      const problems = [...planned.problems, ...checkHeader(planned.header)];
      return problems.some(isError) ? { problems } : { problems, header: planned.header };
    },
    apply: async (stream, plan, signal) => {
      const planned = requireClearPlan(planSteps(stream.header, { ...plan, now: now() }, steps));
      return planned.run(stream, signal);
    },
  };
}
