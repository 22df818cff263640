import type { Forecast, Problem } from "@sluice/proto";
import type { Exporter, RawOptions } from "./exporter.ts";
import { checkHeader } from "./header.ts";
import { isError, toProblem } from "./problem.ts";
import type { DatasetHeader } from "./stream.ts";

/** What is needed to foretell a branch. */
export interface BranchPlan {
  readonly branchId: string;
  readonly exporter: Exporter;
  readonly options: RawOptions;
}

/** What every branch would do with a dataset, before the first byte: problems, losses, sizes. Never throws. */
export function forecast(
  header: DatasetHeader,
  plans: readonly BranchPlan[],
  signal?: AbortSignal,
): Promise<Forecast[]> {
  const faults = checkHeader(header);
  return Promise.all(plans.map(async (plan) => forecastBranch(header, plan, faults, signal)));
}

/** The forecast of a branch that cannot be asked: problems alone. */
export function emptyForecast(branchId: string, problems: readonly Problem[]): Forecast {
  return { branchId, problems: named(problems, branchId), losses: [], artifactBytes: undefined, memoryBytes: 0 };
}

/** True when no problem of the forecast stands against the export. */
export function isClear(item: Forecast): boolean {
  return !item.problems.some(isError);
}

async function forecastBranch(
  header: DatasetHeader,
  plan: BranchPlan,
  headerFaults: Forecast["problems"],
  signal: AbortSignal | undefined,
): Promise<Forecast> {
  const { branchId } = plan;
  if (headerFaults.some(isError)) return emptyForecast(branchId, headerFaults);
  try {
    const outlook = await plan.exporter.check(header, plan.options, signal);
    const problems = named([...headerFaults, ...(outlook.problems ?? [])], branchId);
    return { ...emptyForecast(branchId, []), ...outlook, problems };
  } catch (error) {
    return emptyForecast(branchId, [toProblem(error)]);
  }
}

function named(problems: readonly Problem[], branchId: string): Problem[] {
  return problems.map((problem) => ({ ...problem, branchId }));
}
