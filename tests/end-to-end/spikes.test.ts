import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, jest, test } from "@jest/globals";
import { Code, type DatasetStream, Stopwatch } from "@sluice/core";
import { hdf5 } from "@sluice/hdf5-service";
import { type Delivery, FailurePolicy } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import { type SpikeStreamOptions, smallTable, spikeStream } from "@sluice/spikes/testing";
import { ExportClient } from "@sluice/transport";
import { contentsOf, filesOf } from "../harness/folder.ts";
import { encodeCall, inline, intoDirectory, openFor, sendMessages } from "../harness/raw-call.ts";
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
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^(sluice: warning: .*\n)*$/) });
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

/** Reason and field of a problem, and how people read them. */
type Told = readonly [reason: string, field: string];
const lineOf = ([reason, field]: Told) => `${reason} (${field})`;

interface JsonLine {
  readonly type: string;
  readonly bytesOut?: number;
}
const hasBegun = ({ type, bytesOut = 0 }: JsonLine) => type === "summary" || bytesOut > 0;

/** Sessions that are not as they should be, and what is told of them before a byte is written. */
const poor: readonly {
  readonly what: string;
  readonly units?: readonly (readonly number[])[];
  readonly options: SpikeStreamOptions;
  /** Told by the header alone: a dry run says it. */
  readonly early?: Told;
  /** Told when spikes and tables have come, which is before raw traces. */
  readonly seen?: Told;
  /** The name of the gRPC status of what stops the export. */
  readonly stops?: "INVALID_ARGUMENT" | "FAILED_PRECONDITION";
}[] = [
  {
    what: "without the start of the session",
    options: {},
    early: ["SESSION_START_MISSING", "dataset.session_start_time"],
    stops: "INVALID_ARGUMENT",
  },
  {
    what: "that starts before the session",
    units: [[-0.05], [0.1]],
    options: { dataset: { sessionStartTime }, spikes: { startTimeSeconds: -0.1, durationSeconds: 1 } },
    early: ["RECORDING_BEFORE_SESSION", "dataset.spike_trains[0].start_time_seconds"],
    seen: ["SPIKES_BEFORE_SESSION", "arrays.spikes/times"],
  },
  {
    what: "with a spike before its start",
    units: [[0.1], [-0.05, 0.2]],
    options: { dataset: { sessionStartTime }, spikes: { durationSeconds: 1 } },
    seen: ["SPIKE_OUTSIDE_RECORDING", "arrays.spikes/times"],
    stops: "FAILED_PRECONDITION",
  },
  {
    what: "with a unit that is not in order",
    units: [[0.1], [0.3, 0.2]],
    options: { dataset: { sessionStartTime }, spikes: { durationSeconds: 1 } },
    seen: ["SPIKES_UNSORTED", "arrays.spikes/times"],
  },
  {
    what: "of a mouse without the places of electrodes",
    options: {
      dataset: { sessionStartTime, metadata: mouse },
      spikes: { unitsTable: "units", durationSeconds: 1 },
      tables: placed("").slice(0, 1),
    },
    early: ["ELECTRODE_LOCATION_UNKNOWN", "dataset.metadata.electrode_groups[0].location"],
  },
  {
    what: "of a mouse with electrodes at places that say nothing",
    options: {
      dataset: { sessionStartTime, metadata: mouse },
      spikes: { ...tables, durationSeconds: 1 },
      tables: placed("unknown"),
    },
    seen: ["ELECTRODE_LOCATION_UNKNOWN", "dataset.metadata.electrode_groups[0].location"],
  },
];

let service: Service;
const root = scratch.fresh("service");
beforeAll(async () => {
  service = await startService("nwb", { SLUICE_OUTPUT_ROOT: root });
});

test.each(poor)("NWB of a session $what: told before a byte, and no file where it is at fault", async (poorSession) => {
  const { units = [[0.1], [0.2]], options, early, seen, stops } = poorSession;
  const input = await written(spikeStream(units, options));
  const out = scratch.fresh("out");
  const wishes = ["export", input, "--to", "nwb", "--out", out];
  const problems = [early, seen].filter((told) => told !== undefined);
  const remote = ["--gateway", service.address];
  for (const place of [[], remote]) {
    const dry = await sluice([...wishes, "--dry-run", ...place]);
    expect(dry.code).toBe(early && stops ? 2 : 0);
    if (early) expect(dry.stdout).toContain(lineOf(early));
  }
  expect(filesOf(out)).toEqual([]);
  const files = stops ? [] : ["session.nwb"];

  const run = await sluice(wishes);
  for (const problem of problems) {
    // Warnings at once and in the summary; what stops a branch that has begun, in the summary.
    if (!stops) expect(run.stderr).toContain(`sluice: warning: nwb: ${lineOf(problem)}`);
    expect(stops && early ? run.stderr : run.stdout).toContain(lineOf(problem));
  }
  const code = stops && early ? 2 : 1;
  expect({ code: run.code, files: filesOf(out) }).toEqual({ code: stops ? code : 0, files });

  const { stdout } = await sluice([...wishes, "--overwrite", "--json", ...remote]);
  const lines = stdout.trim().split("\n");
  const begun = lines.map((line) => JSON.parse(line) as JsonLine).findIndex(hasBegun);
  const told = (stops ? lines : lines.slice(0, begun)).join("\n");
  for (const text of problems.flat()) expect(told).toContain(JSON.stringify(text));
  expect(filesOf(out)).toEqual(files);
});

const requests = "the service, asked for NWB of a session $what, tells it before the artifact begins";
test.each(poor)(requests, async ({ units = [[0.1], [0.2]], options, early, seen, stops }) => {
  const client = new ExportClient({ address: service.address });
  const send = async (delivery: Delivery) => {
    const open = openFor({ nwb: { format: "nwb", delivery } }, FailurePolicy.FAILURE_POLICY_ABORT_ALL);
    return sendMessages(client, await encodeCall(open, spikeStream(units, options)));
  };
  try {
    const { events, told, problem } = await send(inline("a"));
    if (stops) {
      const [reason, field] = (seen ?? early) as Told;
      expect(problem).toMatchObject({ reason, field, grpcCode: Code[stops], branchId: "nwb" });
      expect(events.filter((name) => name !== "progress")).toEqual(["accepted"]);
    } else {
      const reasons = told.map(({ reason, field }) => [reason, field]);
      expect(reasons).toEqual(expect.arrayContaining([early, seen].filter((one) => one !== undefined)));
      expect(events.slice(0, 3)).toEqual(["accepted", "progress", "artifactBegin"]);
    }
    await send(intoDirectory("a", "", true));
    expect(filesOf(root)).toEqual(stops ? [] : ["a.nwb"]);
    for (const name of filesOf(root)) rmSync(join(root, name));
  } finally {
    client.close();
  }
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
