import { setImmediate as immediate } from "node:timers/promises";
import {
  type DatasetHeader,
  type DatasetStream,
  defineStep,
  type OptionSchema,
  SluiceError,
  type Step,
} from "@sluice/core";
import { AxisType, type Frame, MemoryClass, type Problem } from "@sluice/proto";
import { version } from "../version.ts";
import { type NewArray, type NewTable, Results, type Rows } from "./results.ts";
import { isTrains, TrainCollector, type Trains, type TrainsNeeds, type TrainsOutline, trainsOf } from "./trains.ts";

/** A step that measures spike trains and adds what it finds as arrays and tables behind the stream. */
export interface TrainsStepDefinition<Parameters> {
  /** Without the family: "sttc". */
  readonly name: string;
  readonly summary: string;
  readonly parameters: OptionSchema<Parameters>;
  readonly needs: TrainsNeeds;
  /** How many recordings are read: 1 unless given. */
  readonly recordings?: number;
  /** All complaints that need no spikes. */
  check?(outline: TrainsOutline, parameters: Parameters): Problem[];
  readonly results: (
    outline: TrainsOutline,
    parameters: Parameters,
    others: readonly TrainsOutline[],
  ) => { readonly arrays: readonly NewArray[]; readonly tables?: readonly NewTable[] };
  /**
   * Rows of the results, in order for each, once all spikes have come. Long work gives nothing now and then: other work
   * of the process runs there, and there it can be stopped.
   */
  compute(trains: Trains, parameters: Parameters, others: readonly Trains[]): Iterable<Rows | undefined>;
}

/** Makes a step of a measure of spike trains. Memory: 8 bytes a spike, up to 2^27 spikes, and the result. */
export function defineTrainsStep<Parameters>(definition: TrainsStepDefinition<Parameters>): Step {
  const plan = (header: DatasetHeader, parameters: Parameters) => {
    const found = Array.from({ length: definition.recordings ?? 1 }, (_, index) =>
      trainsOf(header, definition.needs, index),
    );
    const problems = found.filter((item): item is Problem => !isTrains(item));
    const outlines = found.filter(isTrains);
    const [outline, ...others] = outlines;
    if (problems.length > 0 || !outline) return { problems };
    const faults = definition.check?.(outline, parameters) ?? [];
    if (faults.length > 0) return { problems: faults };
    const { arrays, tables } = definition.results(outline, parameters, others);
    return { problems: [], outlines, results: new Results(header, arrays, tables) };
  };
  return defineStep<Parameters>({
    name: `spikes.${definition.name}`,
    summary: definition.summary,
    version,
    memory: MemoryClass.MEMORY_CLASS_SPIKES,
    parameters: definition.parameters,
    check: (header, parameters) => plan(header, parameters).problems,
    apply: (input, parameters, signal) => {
      const { problems, outlines, results } = plan(input.header, parameters);
      if (!results) throw new SluiceError(problems[0] as Problem);
      const frames = measured(input, outlines, signal, results, ([trains, ...others]) =>
        definition.compute(trains as Trains, parameters, others),
      );
      return { header: results.header(), frames };
    },
  });
}

/** How long other work of the process waits. */
const longestMs = 20;

/** The frames of a stream, then what is computed of its spikes. */
async function* measured(
  input: DatasetStream,
  outlines: readonly TrainsOutline[],
  signal: AbortSignal,
  results: Results,
  compute: (trains: readonly Trains[]) => Iterable<Rows | undefined>,
): AsyncGenerator<Frame> {
  const collectors = outlines.map((outline) => new TrainCollector(outline));
  for await (const frame of input.frames) {
    for (const collector of collectors) collector.take(frame);
    yield frame;
  }
  let paused = performance.now();
  for (const rows of compute(collectors.map((collector) => collector.finish()))) {
    if (performance.now() - paused > longestMs) {
      await immediate();
      paused = performance.now();
    }
    signal.throwIfAborted();
    if (rows) yield* results.frames(rows);
  }
  yield* results.ends();
}

/** The axis of the units, with the names they have. */
export function unitAxis({ times, units }: TrainsOutline, name = "unit") {
  return { name, type: AxisType.AXIS_TYPE_ITEM, size: units, labels: times.axes[0]?.labels ?? [] };
}

/** An axis of times at equal distances, in ms. */
export function timeAxis(name: string, { startMs, stepMs, count }: { startMs: number; stepMs: number; count: number }) {
  return { name, type: AxisType.AXIS_TYPE_TIME, size: count, unit: "millisecond", scale: stepMs, origin: startMs };
}
