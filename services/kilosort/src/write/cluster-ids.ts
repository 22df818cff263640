import { problem, SluiceError, warning } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import { integersOf, type TableValues, unitColumn } from "@sluice/spikes";
import type { KilosortOptions } from "../options.ts";
import { clusterIdsMismatch } from "../plan.ts";

/** phylib keeps cluster ids as int32. */
const greatestOfPhy = 2 ** 31 - 1;

/** The cluster id of each unit, and what is to be said about them. */
export interface ClusterIds {
  readonly ids: readonly number[];
  readonly warnings: readonly Problem[];
}

/**
 * Cluster ids: as the options say, as the table of units says, or the numbers of the units.
 *
 * @throws SluiceError CLUSTER_IDS_MISMATCH, CLUSTER_ID_INVALID, CLUSTER_ID_DUPLICATE
 */
export function clusterIdsOf(unitCount: number, units: TableValues | undefined, options: KilosortOptions): ClusterIds {
  const { clusterIds, clusterIdColumn, profile } = options;
  const numbers = Array.from({ length: unitCount }, (_, unit) => unit);
  if (clusterIds) {
    if (clusterIds.length !== unitCount) throw new SluiceError(clusterIdsMismatch(clusterIds.length, unitCount));
    return checked(clusterIds, "options.clusterIds", profile);
  }
  const column = clusterIdColumn === undefined ? unitColumn(units, "id") : units?.column(clusterIdColumn);
  if (!column) return { ids: numbers, warnings: [] };
  const field = `tables.${units?.spec.name}.${column.spec.name}`;
  const ids = integersOf(column.cells);
  if (clusterIdColumn !== undefined) {
    if (!ids) throw new SluiceError(invalid(field, "cells that are no integers"));
    return checked(ids, field, profile);
  }
  if (ids && isUsable(ids)) return { ids, warnings: [] };
  const given = warning({
    reason: "CLUSTER_IDS_NUMBERED",
    message: "The ids of the units cannot be cluster ids; clusters are numbered from 0 in the order of the units.",
    field,
    allowed: ["distinct integers from 0 to 2147483647"],
    remedy: "Give clusterIds, or name another column by clusterIdColumn.",
  });
  return { ids: numbers, warnings: [given] };
}

function isUsable(ids: readonly number[]): boolean {
  return new Set(ids).size === ids.length && ids.every((id) => id >= 0 && id <= greatestOfPhy);
}

function checked(ids: readonly number[], field: string, profile: KilosortOptions["profile"]): ClusterIds {
  const most = profile === "phy" ? greatestOfPhy : Number.MAX_SAFE_INTEGER;
  const bad = ids.find((id) => id < 0 || id > most);
  if (bad !== undefined) throw new SluiceError(invalid(field, String(bad)));
  const seen = new Set<number>();
  const twice = ids.find((id) => seen.size === seen.add(id).size);
  if (twice === undefined) return { ids, warnings: [] };
  const parts = {
    reason: "CLUSTER_ID_DUPLICATE",
    message: "Units of one cluster id become one cluster.",
    field,
    got: `${twice} twice`,
    remedy: "Give each unit its own id.",
  };
  if (profile === "phy") throw new SluiceError(problem(parts));
  return { ids, warnings: [warning(parts)] };
}

function invalid(field: string, got: string): Problem {
  return problem({
    reason: "CLUSTER_ID_INVALID",
    message: "A cluster id is an integer that Phy can hold.",
    field,
    got,
    allowed: ["integers from 0 to 2147483647"],
  });
}
