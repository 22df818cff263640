import { randomUUID } from "node:crypto";
import {
  type AnalysisPlan,
  describeProblem,
  isClear,
  isError,
  type JobContext,
  requireStem,
  SluiceError,
} from "@sluice/core";
import { ExportState, type ExportSummary, type Forecast } from "@sluice/proto";
import { type DestinationWishes, destinationOf } from "./destination.ts";
import type { Engine, Output } from "./engine.ts";
import type { Input } from "./input.ts";
import { openReceipt } from "./receipt-file.ts";
import type { Settings } from "./settings.ts";
import { changesPixels } from "./steps.ts";
import { verifySummary } from "./verify-artifacts.ts";

/** What is wanted of every input. */
export interface Wishes extends DestinationWishes {
  readonly formats: readonly string[];
  readonly settings: Settings;
  /** Steps between the input and the formats. */
  readonly analysis: AnalysisPlan;
  /** File name stem; default: the input's. */
  readonly name: string | undefined;
}

/** An input with everything settled but the data. */
export interface Plan {
  readonly outputs: readonly Output[];
  readonly name: string;
  readonly forecasts: readonly Forecast[];
}

/** Settles names and options and asks every format what it would do. */
export async function planExport(input: Pick<Input, "stream" | "stem">, engine: Engine, wishes: Wishes): Promise<Plan> {
  const stem = wishes.name === undefined ? input.stem : requireStem(wishes.name, "--name");
  const name = changesPixels(wishes.analysis.steps) ? `${stem}_filtered` : stem;
  const { target } = destinationOf(wishes);
  const outputs = wishes.formats.map(
    (format): Output => ({ format, options: wishes.settings.get(format) ?? {}, name, target }),
  );
  return { outputs, name, forecasts: await engine.check(input.stream.header, { analysis: wishes.analysis, outputs }) };
}

/** Throws all that stands against a plan: an AggregateError where that is more than one thing. */
export function requireClear(plan: Plan): void {
  const faults = plan.forecasts.flatMap((forecast) => forecast.problems).filter(isError);
  // What is wrong with the dataset itself, every format says.
  const different = new Map(faults.map((fault) => [describeProblem(fault), fault]));
  const errors = [...different.values()].map((fault) => new SluiceError(fault));
  if (errors.length > 1) throw new AggregateError(errors);
  if (errors[0]) throw errors[0];
}

/** True when nothing stands against the plan. */
export function isPlanClear(plan: Plan): boolean {
  return plan.forecasts.every(isClear);
}

/** Runs a plan: all formats at once, then the reading back and the receipt, when wanted. */
export async function carryOut(
  plan: Plan,
  input: Pick<Input, "stream">,
  engine: Engine,
  wishes: Wishes,
  context: Pick<JobContext, "signal" | "onProgress">,
): Promise<ExportSummary> {
  const destination = destinationOf(wishes);
  try {
    const outputs = await Promise.all(
      plan.outputs.map(async (output) => ({ ...output, sink: await destination.openSink() })),
    );
    const work = { analysis: wishes.analysis, outputs };
    const receipt = wishes.receipt ? await openReceipt(plan.name, await destination.openSink()) : undefined;
    try {
      const ran = await engine.run(input.stream, work, { ...context, now: () => new Date(), uuid: randomUUID });
      const summary = wishes.verify ? await verifySummary(ran, destination.withArtifacts, context.signal) : ran;
      await receipt?.write(summary);
      return summary;
    } catch (error) {
      await receipt?.discard();
      throw error;
    }
  } finally {
    await destination.tidy?.();
  }
}

/** True when every branch succeeded and, where values were read back, they are equal. */
export function isSuccess(summary: ExportSummary): boolean {
  return (
    summary.state === ExportState.EXPORT_STATE_SUCCEEDED &&
    summary.branches.every((branch) => branch.verification?.equal !== false)
  );
}
