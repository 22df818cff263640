import {
  type DatasetHeader,
  type DatasetStream,
  didYouMean,
  isError,
  problem,
  type RawOptions,
  SluiceError,
  type Step,
} from "@sluice/core";
import type { AnalysisStep, KeptLayers, Problem } from "@sluice/proto";
import { addProvenance } from "./image/history.ts";
import { planImageChain } from "./image/image-chain.ts";
import type { ImageStep } from "./image/image-step.ts";

/** A step of any family. */
export type AnyStep = Step | ImageStep;

/** What is to be done, and where. */
export interface PlanRequest {
  readonly steps: readonly AnalysisStep[];
  readonly layers: KeptLayers;
  readonly now: Date;
}

/** Steps that fit a header. */
export interface Planned {
  readonly problems: readonly Problem[];
  /** The header after the steps; that of the input while a problem stands against them. */
  readonly header: DatasetHeader;
  run(stream: DatasetStream, signal: AbortSignal): Promise<DatasetStream>;
}

/** Plans steps for a dataset; free of side effects. */
export function planSteps(header: DatasetHeader, request: PlanRequest, known: readonly AnyStep[]): Planned {
  const calls = request.steps.map(({ name, parameters = {} }, index) => ({
    step: stepNamed(name, index, known),
    parameters,
  }));
  const problems: Problem[] = calls.flatMap(({ step }) => ("reason" in step ? [step] : []));
  const first = firstNumber(header);
  let planned: Planned = { problems, header, run: async (stream) => stream };
  for (let index = 0; index < calls.length && !planned.problems.some(isError); ) {
    const rest = calls.slice(index) as Call[];
    const other = rest.findIndex(({ step }) => !isImageStep(step));
    const count = other === -1 ? rest.length : Math.max(other, 1);
    planned = follow(planned, nextPart(planned.header, rest.slice(0, count), first + index, request));
    index += count;
  }
  return planned;
}

interface Call {
  readonly step: AnyStep;
  readonly parameters: RawOptions;
}

function nextPart(header: DatasetHeader, calls: readonly Call[], first: number, { layers, now }: PlanRequest): Planned {
  const [call] = calls;
  if (call && !isImageStep(call.step)) return streamPart(header, call.step, call.parameters, now);
  return planImageChain(header, calls as readonly { step: ImageStep; parameters: RawOptions }[], {
    first,
    layers,
    now,
  });
}

function streamPart(header: DatasetHeader, step: Step, parameters: RawOptions, now: Date): Planned {
  const problems = step.check(header, parameters);
  if (problems.some(isError)) return { problems, header, run: async (stream) => stream };
  const { name, version: softwareVersion } = step.descriptor;
  const complete = { ...step.complete(parameters) };
  const entry = { name, software: "sluice", softwareVersion, parameters: complete, time: now, input: "", output: "" };
  const after = (stream: DatasetStream, signal: AbortSignal): DatasetStream => {
    const found: Problem[] = [];
    const { header: made, frames } = step.apply(stream, parameters, signal, (warning) => found.push(warning));
    const warnings = () => [...(stream.warnings?.() ?? []), ...found];
    return { header: addProvenance(made, [entry]), frames, warnings };
  };
  const outline = after({ header, frames: nothing() }, new AbortController().signal);
  return { problems, header: outline.header, run: async (stream, signal) => after(stream, signal) };
}

async function* nothing() {}

function follow(before: Planned, after: Planned): Planned {
  return {
    problems: [...before.problems, ...after.problems],
    header: after.header,
    run: async (stream, signal) => after.run(await before.run(stream, signal), signal),
  };
}

function isImageStep(step: AnyStep): step is ImageStep {
  return "plan" in step;
}

/** Steps are numbered from 1, or go on after those whose outputs the dataset holds already. */
function firstNumber({ dataset }: DatasetHeader): number {
  const names = dataset.imageStacks.flatMap((stack) => [
    ...stack.layers.map((layer) => layer.name),
    ...stack.maskArrays.map((mask) => mask.replace(/^masks\//, "")),
  ]);
  return 1 + names.reduce((most, name) => Math.max(most, Number(/^step_(\d+)_/.exec(name)?.[1] ?? 0)), 0);
}

function stepNamed(name: string, index: number, known: readonly AnyStep[]): AnyStep | Problem {
  const found = known.find((step) => step.descriptor.name === name);
  if (found) return found;
  const names = known.map((step) => step.descriptor.name);
  const meant = didYouMean(name, names, 3);
  return problem({
    reason: "STEP_UNKNOWN",
    message: "There is no such step.",
    field: `steps[${index}]`,
    got: JSON.stringify(name),
    remedy: `${meant === undefined ? "" : `${meant} `}\`sluice steps\` lists every step with its parameters.`,
  });
}

/** The planned steps, or the first error that stands against them, thrown. */
export function requireClearPlan(planned: Planned): Planned {
  const fault = planned.problems.find(isError);
  if (fault) throw new SluiceError(fault);
  return planned;
}
