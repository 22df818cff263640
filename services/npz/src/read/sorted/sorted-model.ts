import { unreadable } from "@sluice/npy";
import { ArraySpec, DatasetSpec, Origin, SpikeTrains } from "@sluice/proto";
import { RecordingWindow, raggedFrames, tableOf } from "@sluice/spikes";
import type { Archive, NpyMember } from "../archive.ts";
import type { FileModel } from "../model.ts";
import { PickleError } from "../pickle/inert.ts";
import { decodeInert } from "../pickle/inert-machine.ts";
import { pickledObjects } from "../pickle/pickled-array.ts";
import { emptyModel, pickled } from "../plain.ts";
import { float64Of } from "../scalars.ts";
import { channelPlaces } from "./channel-places.ts";
import { type SortedUnits, sortedUnits } from "./sorted-units.ts";
import { hasElements, heldArray, templatesName, unitAxis } from "./unit-arrays.ts";

type Members = ReadonlyMap<string, NpyMember>;

const keys = { units: "units", rate: "fs", locations: "locations" } as const;

/** True for what SpikeLab's sorter writes: units, of which NumPy makes an array of objects, and the sampling rate. */
export function isSorted(members: Members): boolean {
  const [units, rate] = [members.get(keys.units)?.header, members.get(keys.rate)?.header];
  const areUnits = units?.shape.length === 1 && (units.type.kind === "object" || units.shape[0] === 0);
  return areUnits && rate?.shape.length === 0 && rate.type.kind === "number";
}

/** True for the keys that such a file has a meaning for. */
export function isSortedKey(key: string): boolean {
  return Object.values<string>(keys).includes(key);
}

/**
 * The recording that a file of SpikeLab's sorter holds, by the rules of its `load_spikedata_from_spikelab_sorted_npz`.
 * Its units are pickled: they are decoded without running anything, and stand in memory.
 *
 * @param lengthMs of the recording; by default up to the last spike
 * @throws SluiceError PICKLED_MEMBER naming what no pickle of arrays holds, SORTED_UNITS_INVALID, SAMPLING_RATE_INVALID,
 *   SPIKE_TIME_INVALID, SPIKE_OUTSIDE_RECORDING
 */
export async function sortedModel(
  archive: Archive,
  members: Members,
  fileName: string,
  { lengthMs }: { readonly lengthMs?: number | undefined },
): Promise<FileModel> {
  if (!isSorted(members)) throw noRecording(members);
  const units = await readUnits(archive, members.get(keys.units) as NpyMember);
  const rateHz = await rateOf(archive, members.get(keys.rate) as NpyMember);
  const places = await channelPlaces(archive, members.get(keys.locations));
  const trains = units.trains.map((samples) => samples.map((sample) => sample / rateHz));
  const times = ArraySpec.fromPartial({
    arrayId: 1,
    name: "spikes/times",
    dataType: "float64",
    unit: "second",
    ragged: true,
    axes: [unitAxis(trains.length)],
  });
  const held = units.arrays.filter(hasElements).map((array, index) => heldArray(array, index + 2));
  const table = tableOf(1, "units", trains.length, units.columns);
  const electrodes = places && tableOf(2, "electrodes", places[0]?.values.length ?? 0, places);
  const tables = [table, ...(electrodes ? [electrodes] : [])];
  const spikes = SpikeTrains.fromPartial({
    timesArray: times.name,
    samplingRateHz: rateHz,
    durationSeconds: lengthMs === undefined ? latestOf(trains) : lengthMs / 1e3,
    unitsTable: table.spec.name,
    electrodesTable: electrodes?.spec.name ?? "",
    templatesArray: held.find(({ spec }) => spec.name === templatesName && spec.axes.length === 3)?.spec.name ?? "",
  });
  const window = new RecordingWindow(spikes, `arrays.${times.name}`);
  for (const [unit, seconds] of trains.entries()) window.take(seconds, unit);
  const { header } = emptyModel(fileName.replace(/\.npz$/i, ""), fileName);
  const dataset = DatasetSpec.fromPartial({ ...header.dataset, spikeTrains: [spikes] });
  const absent = units.arrays.filter((array) => !hasElements(array));
  if (lengthMs === undefined) {
    const field = "spike_trains[0].duration_seconds";
    dataset.origins.push({ field, origin: Origin.ORIGIN_DERIVED, detail: "up to the last spike" });
  }
  dataset.origins.push(
    ...absent.map(({ key }) => ({ field: `arrays.units/${key}`, origin: Origin.ORIGIN_ABSENT, detail: "no elements" })),
  );
  return {
    header: {
      dataset,
      arrays: [times, ...held.map(({ spec }) => spec)],
      tables: tables.map(({ spec }) => spec),
    },
    sources: [
      () => tables.map(({ frame }) => frame),
      () => raggedFrames(times.arrayId, trains),
      ...held.map(({ source }) => source),
    ],
  };
}

function noRecording(members: Members): Error {
  return unreadable("SORTED_UNITS_INVALID", "file", "The file is not what SpikeLab's sorter writes.", {
    got: [...members.keys()].join(", "),
    allowed: ["units, an array of objects, and fs, a number"],
    remedy: "Leave the option profile out.",
  });
}

async function readUnits(archive: Archive, member: NpyMember): Promise<SortedUnits> {
  if (member.header.type.kind !== "object") return sortedUnits([]);
  try {
    return sortedUnits(pickledObjects(decodeInert(await archive.whole(member))));
  } catch (error) {
    throw error instanceof PickleError ? pickled(member.key, error.message) : error;
  }
}

async function rateOf(archive: Archive, member: NpyMember): Promise<number> {
  const [rateHz = Number.NaN] = await float64Of(archive, member);
  if (rateHz > 0 && Number.isFinite(rateHz)) return rateHz;
  throw unreadable("SAMPLING_RATE_INVALID", member.key, "Samples per second are a positive number.", {
    got: String(rateHz),
    remedy: "Correct the file.",
  });
}

/** Seconds of the last spike. */
function latestOf(trains: readonly Float64Array[]): number {
  const times = trains.map((train) => train.reduce((latest, time) => Math.max(latest, time), 0));
  return times.filter(Number.isFinite).reduce((latest, time) => Math.max(latest, time), 0);
}
