import type { Forecast } from "@sluice/proto";
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
  const empty = { branchId, losses: [], artifactBytes: undefined, memoryBytes: 0 };
  if (headerFaults.some(isError)) return { ...empty, problems: named(headerFaults, branchId) };
  try {
    const outlook = await plan.exporter.check(header, plan.options, signal);
    return { ...empty, ...outlook, problems: named([...headerFaults, ...(outlook.problems ?? [])], branchId) };
  } catch (error) {
    return { ...empty, problems: named([toProblem(error)], branchId) };
  }
}

function named(problems: Forecast["problems"], branchId: string): Forecast["problems"] {
  return problems.map((problem) => ({ ...problem, branchId }));
}
