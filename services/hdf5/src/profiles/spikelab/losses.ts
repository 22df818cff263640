import type { DatasetHeader } from "@sluice/core";
import { type Loss, LossKind } from "@sluice/proto";
import { lossesOf } from "../generic/losses.ts";
import type { SpikePlan } from "./plan.ts";

/** What the file will not hold as the stream has it, before the first spike. */
export function plannedLosses(header: DatasetHeader, plan: SpikePlan): Loss[] {
  const { dataset, arrays, tables } = header;
  const { trains, times, raster, raw } = plan;
  const clock = raw && "array" in raw.clock ? [raw.clock.array.name] : [];
  const kept = new Set([times.name, ...(raw ? [raw.array.name] : []), ...clock]);
  const keptTables = new Set([...plan.tables.values()].map(({ name }) => name));
  const losses = [
    ...lossesOf(header),
    ...arrays.filter(({ name }) => !kept.has(name)).map(({ name }) => dropped(`arrays.${name}`, reasonOf(name))),
    ...tables
      .filter(({ name }) => !keptTables.has(name))
      .map(({ name }) => dropped(`tables.${name}`, "SpikeLab's files hold tables of units and electrodes alone.")),
  ];
  if (dataset.spikeTrains.length > 1) {
    losses.push(dropped("dataset.spike_trains", "A file holds one recording: the first is written."));
  }
  if (raster) {
    const message = `Times become counts in bins of ${raster.binMs} ms; a reader finds them again to a bin.`;
    losses.push({ ...loss(LossKind.LOSS_KIND_CAST, `arrays.${times.name}`, message), maxError: raster.binMs / 1e3 });
  }
  if (raw)
    losses.push(loss(LossKind.LOSS_KIND_TRANSPOSED, `arrays.${raw.array.name}`, "Written as [channel, sample]."));
  return losses;

  function reasonOf(name: string): string {
    if (name === trains.rawArray) return "The option rawTraces is false, or the traces hold nothing.";
    return "SpikeLab's files hold spike times and raw traces alone.";
  }
}

/** Times that stand at another place in the file. */
export function roundedTimes(field: string, count: number, maxError: number): Loss {
  const message = "Spike times are rounded to the nearest sample.";
  return { ...loss(LossKind.LOSS_KIND_CAST, field, message), count, maxError };
}

function dropped(field: string, message: string): Loss {
  return loss(LossKind.LOSS_KIND_DROPPED, field, message);
}

function loss(kind: LossKind, field: string, message: string): Loss {
  return { kind, field, message, count: undefined, maxError: undefined };
}
