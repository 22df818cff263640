import { type DatasetHeader, loss } from "@sluice/core";
import { type Loss, LossKind } from "@sluice/proto";
import { leftOut } from "@sluice/spikes";
import { lossesOf } from "../generic/losses.ts";
import type { SpikePlan } from "./plan.ts";

/** What the file will not hold as the stream has it, before the first spike. */
export function plannedLosses(header: DatasetHeader, plan: SpikePlan): Loss[] {
  const { trains, times, raster, raw } = plan;
  const clock = raw && "array" in raw.clock ? [raw.clock.array.name] : [];
  const arrays = new Set([times.name, ...(raw ? [raw.array.name] : []), ...clock]);
  const tables = new Set([...plan.tables.values()].map(({ name }) => name));
  const losses = [...lossesOf(header), ...leftOut(header, { arrays, tables }, reasonOf)];
  if (raster) {
    const message = `Times become counts in bins of ${raster.binMs} ms; a reader finds them again to a bin.`;
    losses.push(loss(LossKind.LOSS_KIND_CAST, `arrays.${times.name}`, message, { maxError: raster.binMs / 1e3 }));
  }
  if (raw)
    losses.push(loss(LossKind.LOSS_KIND_TRANSPOSED, `arrays.${raw.array.name}`, "Written as [channel, sample]."));
  return losses;

  function reasonOf(kind: "arrays" | "tables", name: string): string {
    if (kind === "tables") return "SpikeLab's files hold tables of units and electrodes alone.";
    if (name === trains.rawArray) return "The option rawTraces is false, or the traces hold nothing.";
    return "SpikeLab's files hold spike times and raw traces alone.";
  }
}
