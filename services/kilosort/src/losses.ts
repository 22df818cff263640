import { type DatasetHeader, dropped } from "@sluice/core";
import { type Loss, LossKind, type TableSpec } from "@sluice/proto";
import { leftOut } from "@sluice/spikes";
import type { FolderPlan } from "./plan.ts";

/** What the folder will not hold as the stream has it, before the first spike. */
export function plannedLosses(
  header: DatasetHeader,
  { spikes, isPhy, raw, templates, amplitudes, measures }: FolderPlan,
): Loss[] {
  const { metadata, records, provenance, sessionStartTime } = header.dataset;
  const kept = [spikes.times, raw, templates, amplitudes, ...measures].flatMap((array) => (array ? [array.name] : []));
  const tables = isPhy ? [spikes.units, spikes.electrodes].flatMap((table) => (table ? [table.name] : [])) : [];
  const what = isPhy
    ? "Folders for Phy hold spikes, templates, amplitudes, raw traces, units and electrodes alone."
    : "SpikeLab's folders hold spike times, clusters and the channels of the units alone.";
  const texts = "KiloSort's folders have no place for it.";
  return [
    ...leftOut(header, { arrays: new Set(kept), tables: new Set(tables) }, () => what),
    ...(metadata ? [dropped("dataset.metadata", texts)] : []),
    ...(records ? [dropped("dataset.records", texts)] : []),
    ...(provenance ? [dropped("dataset.provenance", texts)] : []),
    ...(sessionStartTime ? [dropped("dataset.session_start_time", texts)] : []),
    ...[
      { array: raw, file: "recording.dat" },
      { array: templates, file: "templates.npy" },
      { array: amplitudes, file: "amplitudes.npy" },
    ].flatMap(({ array, file }) =>
      array && (array.valueScale !== undefined || array.unit !== "")
        ? [dropped(`arrays.${array.name}.unit`, `${file} holds numbers without a unit or a scale.`)]
        : [],
    ),
    ...(isPhy && spikes.electrodes ? columnsLeftOut(spikes.electrodes) : []),
  ];
}

/** Columns of the electrodes that no file of the folder holds; one coordinate without the other is none. */
function columnsLeftOut({ name: table, columns }: TableSpec): Loss[] {
  const names = columns.map(({ name }) => name);
  const kept = ["channel", "shank", ...(names.includes("x") && names.includes("y") ? ["x", "y"] : [])];
  const message = "Folders for Phy hold the channel, x and y, and the shank of an electrode alone.";
  return names.filter((name) => !kept.includes(name)).map((name) => dropped(`tables.${table}.${name}`, message));
}

/** Losses whose extent the spikes will tell. */
export function foreseenLosses({ spikes, scale }: FolderPlan): Loss[] {
  if (scale.unit !== "samples") return [];
  return [
    {
      kind: LossKind.LOSS_KIND_CAST,
      field: `arrays.${spikes.times.name}`,
      message: "Spike times are rounded to the nearest sample, where they are none.",
      count: undefined,
      maxError: 0.5 / scale.samplingRateHz,
    },
  ];
}
