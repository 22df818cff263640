import type { AnalyzeOpen, MemoryClass, Problem, StepDescriptor } from "@sluice/proto";
import type { RawOptions } from "./exporter.ts";
import { jsonSchemaOf, type OptionSchema, parseOptions, requireOptions } from "./options.ts";
import { isError, SluiceError } from "./problem.ts";
import type { DatasetHeader, DatasetStream } from "./stream.ts";

/** What is to be done to a stream on its way: steps in order, and what becomes of the data between them. */
export type AnalysisPlan = Pick<AnalyzeOpen, "steps" | "layers">;

/** What a plan makes of a dataset, told before the first byte: its header after the steps, unless a problem is an error. */
export interface AnalysisOutlook {
  readonly problems: Problem[];
  readonly header?: DatasetHeader;
}

/** Runs steps on streams: in this process, or by a call of a service. */
export interface Analysis {
  steps(signal?: AbortSignal): Promise<StepDescriptor[]>;
  /** Free of side effects; never throws for what is wrong with the plan. */
  check(header: DatasetHeader, plan: AnalysisPlan, signal?: AbortSignal): Promise<AnalysisOutlook>;
  /** The stream after the steps; throws the first error that `check` would tell. */
  apply(stream: DatasetStream, plan: AnalysisPlan, signal: AbortSignal): Promise<DatasetStream>;
}

/** Takes a warning, of the data as every output gets them. */
export type Warn = (warning: Problem) => void;

/** Maps a stream to a stream: a detection, a sorting. Parameters are checked before the first frame. */
export interface Step {
  readonly descriptor: StepDescriptor;
  /** Checked parameters, defaults included, for the history; throws the first fault. */
  complete(parameters: RawOptions): RawOptions;
  check(header: DatasetHeader, parameters: RawOptions): Problem[];
  /**
   * The header of the result is known at once; its frames are computed while they are read.
   *
   * @param warn takes what the step finds wrong with the data on the way; those of the input are none of its business
   */
  apply(input: DatasetStream, parameters: RawOptions, signal: AbortSignal, warn: Warn): DatasetStream;
}

/** What a step must say of itself. */
export interface StepIdentity<Parameters> {
  /** family.step, e.g. "spikes.threshold". */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  readonly version: string;
  readonly memory: MemoryClass;
  /** A strict object schema: unknown parameters are refused, every parameter has a default or is required. */
  readonly parameters: OptionSchema<Parameters>;
}

/** A step of checked parameters. */
export interface StepDefinition<Parameters> extends StepIdentity<Parameters> {
  check(header: DatasetHeader, parameters: Parameters): Problem[];
  apply(input: DatasetStream, parameters: Parameters, signal: AbortSignal, warn: Warn): DatasetStream;
}

/** Makes a step whose parameters are checked, and whose `check` is passed, before its `apply` runs. */
export function defineStep<Parameters>(definition: StepDefinition<Parameters>): Step {
  return {
    descriptor: describeStep(definition),
    complete: (raw) => requireOptions(definition.parameters, raw, definition.name) as RawOptions,
    check: (header, raw) => {
      const parsed = parseOptions(definition.parameters, raw, definition.name);
      return "options" in parsed ? definition.check(header, parsed.options) : parsed.problems;
    },
    apply: (input, raw, signal, warn) => {
      const parameters = requireOptions(definition.parameters, raw, definition.name);
      const fault = definition.check(input.header, parameters).find(isError);
      if (fault) throw new SluiceError(fault);
      return definition.apply(input, parameters, signal, warn);
    },
  };
}

/** What a step is, for ListSteps and `sluice steps`. */
export function describeStep(step: StepIdentity<unknown>): StepDescriptor {
  const { name, summary, version, memory } = step;
  return { name, summary, version, memory, parameterSchema: jsonSchemaOf(step.parameters) };
}
