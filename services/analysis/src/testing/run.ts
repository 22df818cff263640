import { Assembly, asElements, type DatasetStream, type RawOptions, wholeFrames } from "@sluice/core";
import { type ArraySpec, type DatasetSpec, KeptLayers } from "@sluice/proto";
import { analysis } from "../index.ts";

/** An array that came out of a stream, whole. */
export interface Outcome {
  readonly spec: ArraySpec;
  readonly shape: readonly number[];
  readonly values: number[];
}

/** What came out of steps. */
export interface Outcomes {
  readonly dataset: DatasetSpec;
  readonly arrays: ReadonlyMap<string, Outcome>;
}

/** A step as a test names it: alone, or with parameters. */
export type Call = string | readonly [string, RawOptions];

/** Runs steps in this process and gathers all dense arrays. */
export async function runSteps(
  stream: DatasetStream,
  calls: readonly Call[],
  layers: KeptLayers = KeptLayers.KEPT_LAYERS_ALL,
): Promise<Outcomes> {
  const { signal } = new AbortController();
  return gather(await analysis.apply(stream, { steps: stepsOf(calls), layers }, signal));
}

/** Steps as the protocol names them. */
export function stepsOf(calls: readonly Call[]) {
  return calls.map((call) => {
    const [name, parameters] = typeof call === "string" ? [call, {}] : call;
    return { name, parameters: { ...parameters } };
  });
}

/** All dense arrays of a stream. */
export async function gather(stream: DatasetStream): Promise<Outcomes> {
  const arrays = new Map<string, Outcome & { shape: number[] }>();
  for (const spec of stream.header.arrays) arrays.set(spec.name, { spec, shape: [], values: [] });
  for await (const item of new Assembly(stream, wholeFrames)) {
    if (item.kind === "block") {
      const { spec, values } = arrays.get(item.block.array.name) as Outcome;
      for (const value of asElements(spec.dataType as "float64", item.block.data)) values.push(value);
    } else if (item.kind === "end")
      (arrays.get(item.array.name) as Outcome & { shape: number[] }).shape.push(...item.shape);
  }
  return { dataset: stream.header.dataset, arrays };
}

/** The array of that name. */
export function arrayOf({ arrays }: Outcomes, name: string): Outcome {
  const found = arrays.get(name);
  if (!found) throw new Error(`There is no array ${name}; there are ${[...arrays.keys()].join(", ")}.`);
  return found;
}
