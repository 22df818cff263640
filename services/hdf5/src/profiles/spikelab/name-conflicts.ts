import { problem } from "@sluice/core";
import type { Problem, TableSpec } from "@sluice/proto";
import { groups } from "../generic/layout.ts";
import { type Names, namesOfStyle, type Style } from "./options.ts";

/** NAME_CONFLICT for paths of which one would stand at, or inside, another. */
export function checkNames(
  style: Style,
  names: Names,
  raw: boolean,
  tables: ReadonlyMap<string, TableSpec>,
): Problem[] {
  const options: (keyof Names)[] = [...namesOfStyle[style]];
  if (raw) options.push("rawDataset", "rawTimeDataset");
  const taken = [
    ...options.map((option) => names[option]),
    ...tables.keys(),
    ...(tables.size > 0 ? [groups.nulls] : []),
  ];
  return options.flatMap((option, index) => {
    const path = names[option];
    const other = taken.find(
      (candidate, place) => place !== index && (touch(path, candidate) || touch(candidate, path)),
    );
    if (other === undefined) return [];
    return problem({
      reason: "NAME_CONFLICT",
      message: "Two parts of the file would have the same place.",
      field: `options.${option}`,
      got: JSON.stringify(path),
      allowed: [`a path that is neither in nor around ${JSON.stringify(other)}`],
      remedy: "Choose another path.",
    });
  });
}

function touch(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}
