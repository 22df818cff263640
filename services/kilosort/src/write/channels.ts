import { toMicrometers } from "@sluice/core";
import { type Column, integersOf, numbersOfCells, type TableValues } from "@sluice/spikes";

/** The channels of a folder. */
export interface Channels {
  readonly count: number;
  /** Column of recording.dat for each channel. */
  readonly map: readonly number[];
  /** x and y in micrometers. */
  readonly positions: readonly (readonly [number, number])[];
  readonly shanks: readonly number[] | undefined;
  /** What stands in for something that is not known: file and sentence. */
  readonly placeholders: readonly (readonly [file: string, detail: string])[];
  /** False when there are electrodes that do not fit the channels of the raw traces. */
  readonly electrodesFit: boolean;
}

/** What is known of channels. */
export interface ChannelSources {
  readonly electrodes: TableValues | undefined;
  readonly rawChannels: number | undefined;
  readonly templateChannels: number | undefined;
  /** Channel of each unit. */
  readonly unitChannels: readonly number[] | undefined;
}

/** The channels by the table of electrodes; else as many as the traces, the templates or the units have. */
export function channelsOf({ electrodes, rawChannels, templateChannels, unitChannels }: ChannelSources): Channels {
  const rows = electrodes && electrodes.rows > 0 ? electrodes.rows : undefined;
  const named = rows === undefined ? undefined : mapOf(electrodes, rawChannels);
  const electrodesFit = rows === undefined || rawChannels === undefined || rows === rawChannels || named !== undefined;
  const table = electrodesFit && rows !== undefined ? electrodes : undefined;
  const greatest = unitChannels?.reduce((most, channel) => Math.max(most, channel), 0);
  const known = table?.rows ?? rawChannels ?? templateChannels ?? (greatest === undefined ? undefined : greatest + 1);
  const count = known ?? 1;
  const positions = positionsOf(table);
  const placeholders: [string, string][] = [];
  if (known === undefined) placeholders.push(["channel_map.npy", "one channel: the dataset says nothing of channels"]);
  if (!positions) {
    placeholders.push([
      "channel_positions.npy",
      "in a line, 1 um apart: the dataset has no table of electrodes with x and y",
    ]);
  }
  return {
    count,
    map: (table && named) ?? Array.from({ length: count }, (_, channel) => channel),
    positions: positions ?? Array.from({ length: count }, (_, channel) => [0, channel] as const),
    shanks: integersOf(table?.column("shank")?.cells ?? [null]),
    placeholders,
    electrodesFit,
  };
}

/** The column `channel` of the electrodes, where it names columns of the traces. */
function mapOf(electrodes: TableValues | undefined, rawChannels: number | undefined): number[] | undefined {
  const map = integersOf(electrodes?.column("channel")?.cells ?? [null]);
  const most = rawChannels ?? Number.MAX_SAFE_INTEGER;
  const fits = map && new Set(map).size === map.length && map.every((channel) => channel >= 0 && channel < most);
  return fits ? map : undefined;
}

function positionsOf(table: TableValues | undefined): (readonly [number, number])[] | undefined {
  const [x, y] = [micrometersOf(table?.column("x")), micrometersOf(table?.column("y"))];
  if (!x || !y) return undefined;
  return x.map((value, row) => [value, y[row] as number]);
}

function micrometersOf(column: Column | undefined): number[] | undefined {
  const values = column && numbersOfCells(column.cells);
  if (!column || !values?.every(Number.isFinite)) return undefined;
  return values.map((value) => toMicrometers(value, column.spec.unit) ?? value);
}
