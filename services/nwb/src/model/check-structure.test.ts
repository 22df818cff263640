import { expect, test } from "@jest/globals";
import { problemOf } from "@sluice/core/testing";
import { Hdf5Writer } from "@sluice/hdf5";
import { memorySink } from "@sluice/sink/testing";
import { writeRoot } from "../general/root.ts";
import { specificationsOf } from "../specifications/index.ts";
import { DynamicTable } from "../tables/dynamic-table.ts";
import { testContext } from "../testing/index.ts";
import { checkStructure, structureFaults } from "./check-structure.ts";
import { float, NwbFile } from "./nwb-file.ts";
import { Schema } from "./schema.ts";

const session = {
  identifier: "i",
  description: "d",
  startTime: "2025-11-01T09:30:00+00:00",
  general: new Map(),
  lists: new Map(),
  subject: undefined,
  devices: [],
  electrodeGroups: [],
  series: new Map(),
  origins: [],
};

/** Faults of a file with a root, and what `fill` adds to it. */
async function faults(fill: (file: NwbFile) => unknown): Promise<string[]> {
  const specifications = await specificationsOf("2.8.0");
  const writer = new Hdf5Writer(await memorySink().create("file.nwb", "application/x-nwb"));
  const file = new NwbFile(writer, "2.8.0", () => "id");
  await writeRoot(file, session, specifications, testContext());
  await fill(file);
  return structureFaults(file, new Schema(specifications));
}

const series = async (file: NwbFile, rows = 2, times: number | null = 2) => {
  file.group("acquisition/s", "TimeSeries", { description: "s" });
  await file.dataset("acquisition/s/data", new Float64Array(rows), { type: "float64", attributes: { unit: "V" } });
  if (times === null) return;
  const attributes = { interval: { type: "int32", value: 1 }, unit: "seconds" } as const;
  await file.dataset("acquisition/s/timestamps", new Float64Array(times), { type: "float64", attributes });
};

test("a root that says nothing more is sound, and so is a series with times", async () => {
  expect(await faults(() => undefined)).toEqual([]);
  expect(await faults((file) => series(file))).toEqual([]);
});

test.each<[string, (file: NwbFile) => unknown, string]>([
  ["a series without times", (file) => series(file, 2, null), "/acquisition/s: it has no times"],
  ["times that are too few", (file) => series(file, 2, 1), "/acquisition/s: it has 1 times for 2 samples"],
  [
    "a required dataset that is missing",
    (file) => file.objects.delete("/identifier"),
    "/: it needs a dataset identifier",
  ],
  [
    "a mandatory group that is missing",
    (file) => file.objects.delete("/stimulus/templates"),
    "/stimulus: it needs a group templates",
  ],
  [
    "another version than that of the schema",
    (file) => file.describeRoot({ nwb_version: "2.7.0" }),
    "/: its nwb_version must be 2.8.0",
  ],
  ["a type that is none", (file) => file.group("scratch/a", "Nothing"), "/scratch/a: the schema has no type Nothing"],
  [
    "a group of electrodes without a device",
    (file) => file.group("general/extracellular_ephys/g", "ElectrodeGroup", { description: "g", location: "CA1" }),
    "/general/extracellular_ephys/g: it needs a link device",
  ],
  [
    "a link to something else",
    (file) => {
      file.group("general/extracellular_ephys/g", "ElectrodeGroup", { description: "g", location: "CA1" });
      file.link("general/extracellular_ephys/g/device", file.group("general/subject", "Subject"));
    },
    "/general/extracellular_ephys/g/device: it must lead to a Device",
  ],
  [
    "spike times of 32 bits",
    async (file) => {
      const units = new DynamicTable(file, "units", "Units", "Units.");
      await units.column("spike_times", new Float32Array(1), { type: "float32", description: "Times." });
      await units.end([0]);
    },
    '/units/spike_times: its elements must be "float64"',
  ],
  [
    "columns of two lengths",
    async (file) => {
      const units = new DynamicTable(file, "units", "Units", "Units.");
      await units.column("a", new Float64Array(2), { type: "float64", description: "A." });
      await units.end([0]);
    },
    "/units: column a has not 1 rows",
  ],
  [
    "a column that the table does not name",
    async (file) => {
      const units = new DynamicTable(file, "units", "Units", "Units.");
      const attributes = { description: "hidden" };
      await file.dataset("units/b", new Float64Array(1), { type: "float64", neurodataType: "VectorData", attributes });
      await units.end([0]);
    },
    "/units: colnames lacks b",
  ],
  [
    "a column without a description",
    async (file) => {
      file.group("units", "Units", { description: "Units.", colnames: ["b"] });
      await file.dataset("units/id", [0], { type: "int64", neurodataType: "ElementIdentifiers" });
      await file.dataset("units/b", new Float64Array(1), { type: "float64", neurodataType: "VectorData" });
    },
    "/units/b: it needs the attribute description",
  ],
  [
    "an index that ends elsewhere",
    async (file) => {
      const units = new DynamicTable(file, "units", "Units", "Units.");
      const column = await units.column("a", new Float64Array(3), { type: "float64", description: "A." });
      const index = await units.group.writeDataset("a_index", BigUint64Array.of(2n), { type: "uint64" });
      units.adoptIndex(column, index, "uint64", 2);
      await units.end([0]);
    },
    "/units: the index of a ends at 2 of 3",
  ],
  [
    "a fixed unit that is another",
    async (file) => {
      file.group("acquisition/s", "TimeSeries", { description: "s" });
      await file.dataset("acquisition/s/data", new Float64Array(1), { type: "float64", attributes: { unit: "V" } });
      const attributes = { rate: float(1), unit: "minutes" };
      await file.dataset("acquisition/s/starting_time", 0, { type: "float64", attributes });
    },
    "/acquisition/s/starting_time: its unit must be seconds",
  ],
])("%s", async (_, fill, fault) => {
  expect(await faults(fill)).toContain(fault);
});

test("faults are one error that names them", async () => {
  const specifications = await specificationsOf("2.8.0");
  const writer = new Hdf5Writer(await memorySink().create("file.nwb", "application/x-nwb"));
  const file = new NwbFile(writer, "2.8.0", () => "id");
  file.describeRoot({ nwb_version: "2.8.0" });
  const problem = await problemOf(async () => checkStructure(file, new Schema(specifications)));
  expect(problem).toMatchObject({ reason: "NWB_STRUCTURE_INVALID", field: "/" });
  expect(problem.got).toContain("it needs a dataset session_start_time");
});
