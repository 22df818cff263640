import type { DatasetHeader } from "@sluice/core";

/** The name, or the name with the first number from 2 on under which the header has nothing yet. */
export function freeName({ arrays, tables }: DatasetHeader, name: string): string {
  const taken = new Set([...arrays, ...tables].map((spec) => spec.name));
  if (!taken.has(name)) return name;
  for (let number = 2; ; number++) if (!taken.has(`${name}_${number}`)) return `${name}_${number}`;
}

/** A handle that no array of the header has. */
export function nextArrayId({ arrays }: DatasetHeader): number {
  return 1 + arrays.reduce((most, { arrayId }) => Math.max(most, arrayId), 0);
}

/** A handle that no table of the header has. */
export function nextTableId({ tables }: DatasetHeader): number {
  return 1 + tables.reduce((most, { tableId }) => Math.max(most, tableId), 0);
}
