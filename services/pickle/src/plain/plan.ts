import { type DatasetHeader, type DataType, itemSize, leadArray, problem, timeProblems } from "@sluice/core";
import type { ArraySpec, Problem } from "@sluice/proto";
import { misplacedOptions } from "../option-scope.ts";
import type { PickleOptions } from "../options.ts";
import { tooLarge } from "../pickle-file.ts";
import { maximumBytes } from "../python/opcodes.ts";

/** Everything about a file that is known before the first value. */
export interface PlainPlan {
  /** The array that is written while it comes. */
  readonly lead: ArraySpec | undefined;
  readonly problems: readonly Problem[];
}

/** What will be written, and what stands against it. */
export function planPlain(header: DatasetHeader, options: PickleOptions): PlainPlan {
  const { protocol } = options;
  const problems = [...timeProblems(header.dataset), ...misplacedOptions("generic", options)];
  for (const array of header.arrays) {
    const bytes = bytesOf(array) ?? 0;
    if (bytes > maximumBytes(protocol)) problems.push(problem(tooLarge(bytes, protocol, `arrays.${array.name}`)));
  }
  return { lead: leadArray(header, header.arrays, bytesOf), problems };
}

/** Bytes of the values of an array; undefined when their number is not known. */
export function bytesOf({ axes, ragged, dataType }: ArraySpec): number | undefined {
  if (ragged) return undefined;
  const lengths = axes.map(({ size }) => size ?? Number.NaN);
  const bytes = lengths.reduce((product, length) => product * length, itemSize[dataType as DataType]);
  return Number.isNaN(bytes) ? undefined : bytes;
}
