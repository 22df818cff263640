import { type DatasetHeader, dropped } from "@sluice/core";
import type { Loss } from "@sluice/proto";

/** What a file of one recording of spikes leaves out: arrays and tables that it does not keep, and further recordings. */
export function leftOut(
  { dataset, arrays, tables }: DatasetHeader,
  keeps: { readonly arrays: ReadonlySet<string>; readonly tables: ReadonlySet<string> },
  message: (kind: "arrays" | "tables", name: string) => string,
): Loss[] {
  const losses = [
    ...arrays
      .filter(({ name }) => !keeps.arrays.has(name))
      .map(({ name }) => dropped(`arrays.${name}`, message("arrays", name))),
    ...tables
      .filter(({ name }) => !keeps.tables.has(name))
      .map(({ name }) => dropped(`tables.${name}`, message("tables", name))),
  ];
  if (dataset.spikeTrains.length > 1) {
    losses.push(dropped("dataset.spike_trains", "A file holds one recording: the first is written."));
  }
  return losses;
}
