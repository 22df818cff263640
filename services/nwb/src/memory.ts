import { type DataType, itemSize } from "@sluice/core";
import type { TableSpec } from "@sluice/proto";
import { firstLookLimits } from "@sluice/spikes";
import type { NwbPlan } from "./plan.ts";

/** Metadata, the schema, and what the writer of the file holds. */
const baseBytes = 2 ** 22;
/** A column of lists holds a chunk of 256 KiB before it writes, and so does its index. */
const raggedBytes = 2 * 2 ** 18;
const cellBytes = 32;

/** Upper estimate of what an export holds: rows of chunks, and the tables, which stand in memory. */
export function memoryOf({ units, series, electrodes, intervals }: NwbPlan): number {
  const tables = [units?.spikes.units, electrodes?.table, ...intervals.map(({ table }) => table)];
  const ragged = units ? (units.amplitudes ? 2 : 1) * raggedBytes : 0;
  const waveforms = (units?.waveforms.length ?? 0) * 2 ** 21;
  // A row of the grid, and as much that is deflated.
  const samples = series ? 2 * series.chunk[0] * series.channels * itemSize[series.array.dataType as DataType] : 0;
  const { heldBytes, denseBytes } = firstLookLimits;
  const fixed = baseBytes + heldBytes + denseBytes + ragged + waveforms + samples;
  return tables.reduce((sum, table) => sum + tableBytes(table), fixed);
}

function tableBytes(table: TableSpec | undefined): number {
  return table ? (table.rows ?? 0) * table.columns.length * cellBytes : 0;
}
