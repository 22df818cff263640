import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, jest, test } from "@jest/globals";
import { type DatasetStream, Stopwatch } from "@sluice/core";
import { hdf5 } from "@sluice/hdf5-service";
import { memorySink } from "@sluice/sink/testing";
import { type SpikeStreamOptions, smallTable, spikeStream } from "@sluice/spikes/testing";
import { contentsOf, filesOf } from "../harness/folder.ts";
import { useScratch } from "../harness/scratch.ts";
import { type Service, startService } from "../harness/service.ts";
import { sluice } from "../harness/sluice.ts";
import { withoutVolatileTexts } from "../harness/volatile.ts";

jest.setTimeout(120_000);
const scratch = useScratch();
const formats = ["kilosort", "nwb", "hdf5", "pickle"];
const sessionStartTime = new Date("2026-01-02T03:04:05Z");

async function written(stream: DatasetStream): Promise<string> {
  const sink = memorySink();
  await hdf5.export(stream, {}, sink, {
    signal: new AbortController().signal,
    jobId: "job",
    name: "session",
    clock: new Stopwatch(),
    now: () => new Date(0),
    uuid: () => "",
  });
  await sink.prepare();
  const path = join(scratch.fresh("input"), "session.h5");
  writeFileSync(path, sink.files.get("session.h5") as Uint8Array);
  return path;
}

/** Sorted spikes with a silent unit, a table of units, and raw traces. */
function session(): DatasetStream {
  const tables = [smallTable("units", 1, { channel: [1, 0, 1], quality: ["good", null, "mua"] })];
  const raw = {
    name: "raw",
    dataType: "int16",
    shape: [500, 2],
    data: Int16Array.from({ length: 1000 }, (_, index) => index - 500),
    axes: [{ name: "sample", unit: "second", scale: 1e-3 }, { name: "channel" }],
    spec: { unit: "uV", valueScale: 0.195 },
  } as const;
  return spikeStream([[0.005, 0.01, 0.4], [], [0.0025, 0.02]], {
    spikes: { samplingRateHz: 1000, durationSeconds: 0.5, unitsTable: "units", rawArray: "raw" },
    arrays: [raw],
    tables,
    dataset: { name: "session", sessionStartTime, metadata: { identifier: "session-1" } },
  });
}

test("four formats of spikes from four services behind a gateway are those of one process", async () => {
  const input = await written(session());
  const services = await Promise.all(formats.map((format) => startService(format)));
  const addresses = formats.map((format, index) => `${format}=${services[index]?.address}`);
  const gateway = await startService("gateway", { SLUICE_FORMATS: addresses.join(",") });
  const outputs: string[] = [];
  for (const place of [[], ["--gateway", gateway.address]]) {
    const out = scratch.fresh("out");
    const profiles = ["--set", "hdf5.profile=spikelab", "--set", "pickle.profile=spikelab"];
    const wishes = ["--to", formats.join(","), ...profiles, "--verify", "--out", out];
    const { code, stdout, stderr } = await sluice(["export", input, ...wishes, ...place]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const format of ["kilosort", "nwb", "hdf5"]) expect(stdout).toContain(`verified: ${format} reads the same`);
    expect(stdout).toContain("NOT_VERIFIED (artifacts): Nothing here reads pickle back");
    outputs.push(out);
  }
  const [here, there] = outputs as [string, string];
  expect(contentsOf(join(there, "session"))).toEqual(contentsOf(join(here, "session")));
  expect(filesOf(there)).toEqual(filesOf(here));
  for (const name of ["session.nwb", "session.h5", "session.pkl"]) {
    const [one, other] = [here, there].map((out) => withoutVolatileTexts(readFileSync(join(out, name))));
    expect({ name, same: one?.equals(other as Buffer) }).toEqual({ name, same: true });
  }
});

const mouse = { subject: { subject_id: "m1", species: "Mus musculus", sex: "F", age: "P90D" } };
const placed = (location: string) => [
  smallTable("units", 1, { electrode: [0, 1] }),
  smallTable("electrodes", 2, { location: [location, location], x: [0, 20], y: [0, 0] }),
];
const tables = { unitsTable: "units", electrodesTable: "electrodes" };

/** Sessions that are not as they should be: `early` is said before a value is read, `late` once the values are seen. */
const poor: readonly {
  readonly what: string;
  readonly units?: readonly (readonly number[])[];
  readonly options: SpikeStreamOptions;
  readonly early?: string;
  readonly late?: string;
  readonly stops: boolean;
}[] = [
  {
    what: "without the start of the session",
    options: {},
    early: "SESSION_START_MISSING (dataset.session_start_time)",
    stops: true,
  },
  {
    what: "that starts before the session",
    units: [[-0.05], [0.1]],
    options: { dataset: { sessionStartTime }, spikes: { startTimeSeconds: -0.1, durationSeconds: 1 } },
    early: "RECORDING_BEFORE_SESSION (dataset.spike_trains[0].start_time_seconds)",
    late: "SPIKES_BEFORE_SESSION (arrays.spikes/times)",
    stops: false,
  },
  {
    what: "with a spike before its start",
    units: [[0.1], [-0.05, 0.2]],
    options: { dataset: { sessionStartTime }, spikes: { durationSeconds: 1 } },
    late: "SPIKE_OUTSIDE_RECORDING (arrays.spikes/times)",
    stops: true,
  },
  {
    what: "with a unit that is not in order",
    units: [[0.1], [0.3, 0.2]],
    options: { dataset: { sessionStartTime }, spikes: { durationSeconds: 1 } },
    late: "SPIKES_UNSORTED (arrays.spikes/times)",
    stops: false,
  },
  {
    what: "of a mouse without the places of electrodes",
    options: {
      dataset: { sessionStartTime, metadata: mouse },
      spikes: { unitsTable: "units", durationSeconds: 1 },
      tables: placed("").slice(0, 1),
    },
    early: "ELECTRODE_LOCATION_UNKNOWN (dataset.metadata.electrode_groups[0].location)",
    stops: false,
  },
  {
    what: "of a mouse with electrodes at places that say nothing",
    options: {
      dataset: { sessionStartTime, metadata: mouse },
      spikes: { ...tables, durationSeconds: 1 },
      tables: placed("unknown"),
    },
    late: "ELECTRODE_LOCATION_UNKNOWN (dataset.metadata.electrode_groups[0].location)",
    stops: false,
  },
];

let service: Service;
beforeAll(async () => {
  service = await startService("nwb");
});

test.each(poor)("NWB of a session $what: told, and no file where it is at fault", async (poorSession) => {
  const { units = [[0.1], [0.2]], options, early, late, stops } = poorSession;
  const input = await written(spikeStream(units, options));
  const out = scratch.fresh("out");
  const wishes = ["export", input, "--to", "nwb", "--out", out];
  for (const place of [[], ["--gateway", service.address]]) {
    const dry = await sluice([...wishes, "--dry-run", ...place]);
    expect(dry.code).toBe(early !== undefined && stops ? 2 : 0);
    if (early !== undefined) expect(dry.stdout).toContain(early);
  }
  expect(filesOf(out)).toEqual([]);
  const run = await sluice(wishes);
  const told = run.stdout + run.stderr;
  for (const text of [early, late]) if (text !== undefined) expect(told).toContain(text);
  expect({ failed: run.code !== 0, files: filesOf(out) }).toEqual({
    failed: stops,
    files: stops ? [] : ["session.nwb"],
  });
});

test("all that stands against an export is told at once", async () => {
  const raw = {
    name: "raw",
    dataType: "int16",
    shape: [4, 1],
    data: new Int16Array(4),
    axes: ["sample", "c"],
  } as const;
  const stream = spikeStream([[0.001]], { spikes: { samplingRateHz: 1000, rawArray: "raw" }, arrays: [raw] });
  const wishes = ["--to", "nwb,kilosort,ome-tiff", "--out", scratch.fresh("out")];
  const { code, stderr } = await sluice(["export", await written(stream), ...wishes]);
  expect(code).toBe(2);
  const told = stderr.split("\n").filter((line) => line.startsWith("sluice: "));
  expect(told.map((line) => line.split(" ")[1])).toEqual([
    "SESSION_START_MISSING",
    "RAW_UNIT_UNKNOWN",
    "IMAGE_MISSING",
  ]);
});

test("what keeps no array bit by bit cannot be verified, and says so", async () => {
  const input = await written(spikeStream([[0.001, 0.002]], { spikes: { durationSeconds: 1 } }));
  const out = scratch.fresh("out");
  const raster = ["--set", "hdf5.profile=spikelab", "--set", "hdf5.style=raster"];
  const wishes = ["export", input, "--to", "hdf5", ...raster, "--out", out, "--receipt"];
  const sentence = "verification failed: There is nothing to compare";
  const run = await sluice([...wishes, "--verify"]);
  expect({ code: run.code, stdout: run.stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining(sentence) });
  const later = await sluice(["verify", join(out, "session.receipt.json")]);
  expect({ code: later.code, stdout: later.stdout }).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(sentence),
  });
});
