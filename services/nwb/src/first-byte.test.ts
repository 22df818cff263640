import { expect, test } from "@jest/globals";
import { type ArtifactSink, chunkFrame, type DatasetStream, SluiceError } from "@sluice/core";
import type { MemoryArray } from "@sluice/core/testing";
import { memorySink } from "@sluice/sink/testing";
import { smallTable, spikeStream } from "@sluice/spikes/testing";
import { nwb } from "./index.ts";
import { describedSession, testContext } from "./testing/index.ts";

const dataset = { sessionStartTime: new Date("2025-11-01T09:30:00Z"), name: "d", metadata: describedSession };
const spikes = { durationSeconds: 1, samplingRateHz: 20_000 };

/** Everything that happens in an export, in order: warnings, errors, and that a file is made. */
async function happenings(stream: DatasetStream): Promise<string[]> {
  const happened: string[] = [];
  const files = memorySink();
  const sink: ArtifactSink = {
    create: (path, mediaType, layout) => {
      happened.push("created");
      return files.create(path, mediaType, layout);
    },
    prepare: () => files.prepare(),
    commit: () => files.commit(),
    discard: (reason) => files.discard(reason),
  };
  const warn = (warnings: readonly { reason: string; field: string }[]) =>
    happened.push(...warnings.map(({ reason, field }) => `${reason} ${field}`));
  try {
    const { warnings = [] } = await nwb.export(stream, {}, sink, testContext({ warn }));
    const told = new Set(happened);
    const late = warnings.map(({ reason, field }) => `${reason} ${field}`).filter((text) => !told.has(text));
    expect(new Set(warnings).size).toBe(warnings.length);
    return [...happened, "written", ...late];
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return [...happened, `${error.problem.reason} ${error.problem.field}`];
  }
}

const placed = (location: string) => ({
  spikes: { ...spikes, electrodesTable: "electrodes" },
  tables: [smallTable("electrodes", 2, { location: ["CA1", location] })],
  dataset: { ...dataset, metadata: { ...describedSession, electrode_groups: [] } },
});

test.each<readonly [string, DatasetStream, readonly string[]]>([
  [
    "no start of the session",
    spikeStream([[0.1]], { spikes, dataset: { name: "d" } }),
    ["SESSION_START_MISSING dataset.session_start_time"],
  ],
  [
    "a spike before the start",
    spikeStream([[0.1], [0.2, -0.001]], { spikes, dataset }),
    ["SPIKE_OUTSIDE_RECORDING arrays.spikes/times"],
  ],
  [
    "a spike that is no number",
    spikeStream([[Number.NaN]], { spikes, dataset }),
    ["SPIKE_TIME_INVALID arrays.spikes/times"],
  ],
  [
    "a unit that does not ascend",
    spikeStream([[0.1], [0.3, 0.2]], { spikes, dataset }),
    ["SPIKES_UNSORTED arrays.spikes/times", "created", "written"],
  ],
  [
    "an unknown location in a mouse",
    spikeStream([[0.1]], placed("unknown")),
    ["ELECTRODE_LOCATION_UNKNOWN dataset.metadata.electrode_groups[0].location", "created", "written"],
  ],
  ["nothing to complain of", spikeStream([[0.1, 0.2]], placed("VISp")), ["created", "written"]],
])("%s: told before a file is made, and once", async (_, stream, expected) => {
  expect(await happenings(stream)).toEqual(expected);
});

const samples = 2 ** 20;
const raw: MemoryArray = {
  name: "raw",
  dataType: "int16",
  shape: [samples, 4],
  data: new Int16Array(0),
  axes: [{ name: "sample", unit: "second", scale: 1e-6 }, "channel"],
  spec: { unit: "uV" },
};

/** Raw traces of 8 MiB, then the spikes and the table of units. */
function rawBefore(units: readonly (readonly number[])[]): DatasetStream {
  const options = {
    spikes: { ...spikes, rawArray: "raw", unitsTable: "units" },
    tables: [smallTable("units", 1, { id: [1, 1] })],
    dataset,
  };
  const { header } = spikeStream(units, { ...options, arrays: [raw] });
  const arrayId = header.arrays.find(({ name }) => name === "raw")?.arrayId ?? 0;
  const quarter = samples / 4;
  const frames = async function* () {
    for (let first = 0; first < samples; first += quarter) {
      const data = new Uint8Array(quarter * 8);
      yield chunkFrame({ arrayId, offset: [first, 0], shape: [quarter, 4], crc32c: undefined, data });
    }
    yield* spikeStream(units, options).frames;
  };
  return { header, frames: frames() };
}

test("behind raw traces, spikes and tables are looked at on their way", async () => {
  expect(await happenings(rawBefore([[0.1], [0.3, 0.2]]))).toEqual([
    "created",
    "written",
    "SPIKES_UNSORTED arrays.spikes/times",
    "UNIT_IDS_REPEATED tables.units.id",
  ]);
  expect(await happenings(rawBefore([[0.1], [-1]]))).toEqual([
    "created",
    "SPIKE_OUTSIDE_RECORDING arrays.spikes/times",
  ]);
});
