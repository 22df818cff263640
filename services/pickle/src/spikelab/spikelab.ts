import { type DatasetHeader, type DatasetStream, type Findings, SluiceError } from "@sluice/core";
import type { Loss, Problem } from "@sluice/proto";
import { misplacedOptions } from "../option-scope.ts";
import type { PickleOptions } from "../options.ts";
import type { ProfileJob } from "../profile.ts";
import { choose } from "./choice.ts";
import { writeMeasure } from "./measure-object.ts";
import { planMeasure } from "./measure-plan.ts";
import { writeRecording } from "./recording.ts";
import { planRecording } from "./recording-plan.ts";

/** What an export as an object of SpikeLab would do. */
export interface PlannedObject {
  readonly problems: readonly Problem[];
  readonly losses: readonly Loss[];
  /** True when an array is written while it comes, and the head of the file rewritten. */
  readonly hasLead: boolean;
  /** Throws the first problem. */
  write(stream: DatasetStream, job: ProfileJob): Promise<Findings>;
}

/** Settles which object of SpikeLab a dataset becomes, and what it will hold. Pure. */
export function planSpikelab(header: DatasetHeader, options: PickleOptions): PlannedObject {
  const choice = choose(header, options);
  if ("problem" in choice) return refused([choice.problem]);
  const { measure } = choice;
  const misplaced = misplacedOptions(measure === "recording" ? "SpikeData" : measure.object, options);
  if (misplaced.length > 0) return refused(misplaced);
  if (measure === "recording") {
    const planned = planRecording(header, options);
    const { plan } = planned;
    if (!plan) return refused(planned.problems);
    return {
      ...planned,
      hasLead: plan.raw !== undefined,
      write: (stream, job) => writeRecording(stream, { ...planned, plan }, job),
    };
  }
  const planned = planMeasure(header, measure, options);
  return { ...planned, hasLead: true, write: (stream, job) => writeMeasure(stream, planned, job) };
}

function refused(problems: readonly Problem[]): PlannedObject {
  const write = () => Promise.reject(new SluiceError(problems[0] as Problem));
  return { problems, losses: [], hasLead: false, write };
}
