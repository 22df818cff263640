import type { Hdf5File } from "@sluice/hdf5";
import type { ArraySpec } from "@sluice/proto";
import { tableOf } from "@sluice/spikes";
import { recordAttribute, recordOf, type SluiceRecord } from "../sluice-record.ts";
import type { LoadOptions } from "./load-options.ts";
import { Notes } from "./notes.ts";
import { readSeries, type StoredSeries } from "./series.ts";
import { readSession, type StoredSession } from "./session.ts";
import { readTable, type StoredTable } from "./table.ts";
import { unfitFile } from "./unfit-file.ts";
import { readUnits, type StoredUnits, timesSpec } from "./units.ts";
import { templatesSpec } from "./waveforms.ts";

/** A table of the stream with its one frame. */
export type MadeTable = ReturnType<typeof tableOf>;

/** What was found in a file when its header was read. */
export interface FoundContents {
  readonly session: StoredSession;
  readonly record: SluiceRecord | undefined;
  /** Numbers of the root: start and length as SpikeLab writes them. */
  readonly root: ReadonlyMap<string, unknown>;
  readonly units: StoredUnits | undefined;
  readonly times: ArraySpec;
  readonly amplitudes: ArraySpec | undefined;
  readonly templates: ArraySpec | undefined;
  readonly series: StoredSeries | undefined;
  readonly tables: Readonly<Partial<Record<TableRole, MadeTable>>>;
  readonly notes: Notes;
}

export type TableRole = "units" | "electrodes" | "trials" | "epochs";

const arrayIds = { times: 1, series: 2, seriesTimes: 3, templates: 4, amplitudes: 5 };
const electrodesPath = "general/extracellular_ephys/electrodes";

/**
 * Finds what of a file is read.
 *
 * @throws SluiceError NWB_NOTHING_TO_READ, NWB_SPIKE_TIMES_MISSING
 */
export async function findContents(file: Hdf5File, options: LoadOptions): Promise<FoundContents> {
  const notes = new Notes();
  const root = await file.attributes();
  const record = recordOf(root.get(recordAttribute));
  const electrodes = await tableAt(file, electrodesPath, new Set(["group"]), notes);
  const electrodeIds = electrodes && (electrodes.ids ?? Array.from({ length: electrodes.rows ?? 0 }, (_, row) => row));
  const units = await readUnits(file, electrodeIds, notes);
  const ids = { array: arrayIds.series, times: arrayIds.seriesTimes };
  const series = await readSeries(file, options, ids, record, electrodeIds, notes);
  const trials = await tableAt(file, "intervals/trials", intervalColumns, notes);
  const epochs = await tableAt(file, "intervals/epochs", intervalColumns, notes);
  if (!units && !series && !trials && !epochs) throw await nothingToRead(file);
  await noteOthers(file, series, units !== undefined, notes);
  const trains = record?.dataset.spikeTrains[0];
  const recorded = record?.arrays.find(({ name }) => name === trains?.timesArray);
  const made: Partial<Record<TableRole, MadeTable>> = {};
  const make = (role: TableRole, tableId: number, name: string, rows: number, table: Pick<StoredTable, "columns">) => {
    if (table.columns.length > 0) made[role] = tableOf(tableId, name, rows, table.columns);
  };
  const [responses] = record?.dataset.responses ?? [];
  if (units) make("units", 1, trains?.unitsTable || "units", units.times.ends.length, units);
  if (electrodes)
    make("electrodes", 2, trains?.electrodesTable || "electrodes", electrodes.rows ?? 0, withIds(electrodes));
  if (trials) make("trials", 3, responses?.trialsTable || "trials", trials.rows ?? 0, trials);
  if (epochs) make("epochs", 4, responses?.epochsTable || "epochs", epochs.rows ?? 0, epochs);
  return {
    session: await readSession(file),
    record,
    root,
    units,
    times: timesSpec(
      arrayIds.times,
      recorded?.name || "spikes/times",
      units?.times.ends.length ?? 0,
      recorded?.unit || "second",
    ),
    amplitudes:
      units?.amplitudes &&
      timesSpec(
        arrayIds.amplitudes,
        trains?.amplitudesArray || "spikes/amplitudes",
        units.amplitudes.ends.length,
        record?.arrays.find(({ name }) => name === trains?.amplitudesArray)?.unit ?? "",
      ),
    templates:
      units?.waveforms === undefined
        ? undefined
        : await templatesSpec(file, units.waveforms, arrayIds.templates, record),
    series,
    tables: made,
    notes,
  };
}

const intervalColumns: ReadonlySet<string> = new Set(["timeseries", "timeseries_index"]);

async function tableAt(
  file: Hdf5File,
  path: string,
  skipped: ReadonlySet<string>,
  notes: Notes,
): Promise<StoredTable | undefined> {
  return (await file.kindOf(path)) === "group" ? readTable(await file.group(path), skipped, notes) : undefined;
}

/** Electrodes are known by their ids: these are a column of the table. */
function withIds({ ids, columns }: StoredTable): Pick<StoredTable, "columns"> {
  if (!ids || columns.some(({ name }) => name === "id")) return { columns };
  const isText = ids.some((id) => typeof id === "string");
  return { columns: [{ name: "id", dataType: isText ? "string" : "int64", values: ids }, ...columns] };
}

/** Names what stands in the file beside what is read. */
async function noteOthers(
  file: Hdf5File,
  series: StoredSeries | undefined,
  hasUnits: boolean,
  notes: Notes,
): Promise<void> {
  const known = new Set([series?.path.replace(/\/data$/, ""), "/intervals/trials", "/intervals/epochs"]);
  const noted = new Set(notes.origins.map(({ field }) => field));
  for (const folder of ["acquisition", "processing", "intervals", "stimulus/presentation", "analysis", "events"]) {
    if ((await file.kindOf(folder)) !== "group") continue;
    for (const { name } of await (await file.group(folder)).children()) {
      const path = `/${folder}/${name}`;
      if (!known.has(path) && !noted.has(path)) notes.absent(path.slice(1), "not read");
    }
  }
  if (!hasUnits && (await file.has("units"))) notes.absent("units", "not read: it has no spike times");
}

async function nothingToRead(file: Hdf5File): Promise<Error> {
  if (await file.has("units")) {
    return unfitFile({
      reason: "NWB_SPIKE_TIMES_MISSING",
      message: "The units of the file have no spike times.",
      field: "/units",
      allowed: ["spike_times with spike_times_index, or names that end so"],
    });
  }
  const names = (await file.children()).map(({ name }) => name);
  return unfitFile({
    reason: "NWB_NOTHING_TO_READ",
    message: "The file has no units, no series of voltages, no trials and no epochs: nothing else is read yet.",
    field: "/",
    got: names.join(", "),
    allowed: ["/units", "an ElectricalSeries", "/intervals/trials", "/intervals/epochs"],
    remedy: "A copy of it that is named .h5 is read as HDF5, dataset by dataset.",
  });
}
