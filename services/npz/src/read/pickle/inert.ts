/** Why a pickle is not decoded: what it holds that no pickle of arrays does. */
export class PickleError extends Error {}

/** Something that a name or a call of the pickle would have made; it is never made. */
export interface Inert {
  /** Module and name. */
  readonly name: string;
  /** What it would have been called with; undefined for the name itself. */
  readonly parameters: readonly unknown[] | undefined;
  state?: unknown;
}

export function isInert(value: unknown): value is Inert {
  return typeof value === "object" && value !== null && "parameters" in value;
}
