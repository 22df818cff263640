import { expect, test } from "@jest/globals";
import { isError } from "@sluice/core";
import { Responses } from "@sluice/proto";
import { smallTable, spikeStream } from "@sluice/spikes/testing";
import { nwb } from "../index.ts";
import { describedSession, exportToMemory, fullStream } from "../testing/index.ts";
import { rules } from "./rules.ts";

const complete = { ...describedSession.subject };

async function reasons(
  metadata: Record<string, unknown>,
  spikes: object = {},
  start = new Date("2025-01-01T00:00:00Z"),
) {
  const stream = spikeStream([[0.005]], {
    spikes: { durationSeconds: 1, samplingRateHz: 1000, ...spikes },
    dataset: { name: "d", sessionStartTime: start, metadata },
  });
  const { problems = [] } = await nwb.check(stream.header, {});
  return problems.map(({ reason, field }) => [reason, field]);
}

const subject = (changes: Record<string, unknown>) => ({ subject: { ...complete, ...changes } });
const at = (name: string) => `dataset.metadata.subject.${name}`;

test.each([
  ["a described subject", { subject: complete }, []],
  ["no subject", {}, [["SUBJECT_MISSING", "dataset.metadata.subject"]]],
  ["no id", subject({ subject_id: undefined }), [["SUBJECT_ID_MISSING", at("subject_id")]]],
  ["an id with a slash", subject({ subject_id: "a/b" }), [["SUBJECT_ID_FORM", at("subject_id")]]],
  ["a sex in words", subject({ sex: "female" }), [["SUBJECT_SEX_FORM", at("sex")]]],
  ["a worm", subject({ species: "Caenorhabditis elegans", sex: "XX" }), []],
  ["a common name", subject({ species: "mouse" }), [["SUBJECT_SPECIES_FORM", at("species")]]],
  ["a taxon", subject({ species: "http://purl.obolibrary.org/obo/NCBITaxon_10090" }), []],
  ["an age in words", subject({ age: "90 days" }), [["SUBJECT_AGE_FORM", at("age")]]],
  ["a range of ages", subject({ age: "P1W/P2W" }), []],
  ["an age without an upper bound", subject({ age: "P1D/" }), []],
  ["no age", subject({ age: undefined }), [["SUBJECT_AGE_FORM", at("age")]]],
  ["a date of birth", subject({ age: undefined, date_of_birth: "2024-10-01" }), []],
  ["a weight without unit", subject({ weight: "20" }), [["SUBJECT_WEIGHT_FORM", at("weight")]]],
  [
    "a session id with a slash",
    { ...subject({}), session_id: "a/b" },
    [["SESSION_ID_FORM", "dataset.metadata.session_id"]],
  ],
])("%s", async (_, metadata, expected) => {
  expect(await reasons(metadata)).toEqual(expected);
});

test("times that cannot be", async () => {
  const described = { subject: complete };
  const field = "dataset.spike_trains[0]";
  expect(await reasons(described, {}, new Date("2999-01-01T00:00:00Z"))).toEqual([
    ["SESSION_START_IN_FUTURE", "dataset.session_start_time"],
  ]);
  expect(await reasons(described, { samplingRateHz: undefined })).toEqual([
    ["SAMPLING_RATE_MISSING", `${field}.sampling_rate_hz`],
  ]);
  expect(await reasons(described, { samplingRateHz: 30 })).toEqual([
    ["SAMPLING_RATE_LOW", `${field}.sampling_rate_hz`],
  ]);
  expect(await reasons(described, { durationSeconds: 1e8 })).toEqual([
    ["RECORDING_DURATION_LONG", `${field}.duration_seconds`],
  ]);
});

test("a range of ages that is empty is a suggestion", async () => {
  const ranged = async (age: string) => {
    const metadata = { ...describedSession, subject: { ...complete, age } };
    const dataset = { name: "d", sessionStartTime: new Date(1e12), metadata };
    const stream = spikeStream([[0.005]], { spikes: { durationSeconds: 1, samplingRateHz: 1000 }, dataset });
    return ((await nwb.check(stream.header, { suggestions: true })).problems ?? []).map(({ reason }) => reason);
  };
  expect(await ranged("P2W/P1M")).toEqual([]);
  expect(await ranged("P30D/P1W")).toEqual(["SUBJECT_AGE_RANGE"]);
});

test("complaints name the check and its importance, and are errors only where the file would be unusable", async () => {
  const stream = spikeStream([[0.005]], { dataset: { name: "d", sessionStartTime: new Date(0) } });
  const { problems = [] } = await nwb.check(stream.header, { suggestions: true });
  expect(problems.some(isError)).toBe(false);
  expect(problems.find(({ reason }) => reason === "SUBJECT_MISSING")?.message).toMatch(
    /\(nwbinspector, critical: check_subject_exists\)$/,
  );
  expect(new Set(rules.map(({ check, reason }) => `${check} ${reason}`)).size).toBe(rules.length);
});

test("raw traces without compression are a suggestion, and a violation from 20 GB on", async () => {
  const { header } = fullStream();
  const found = async (samples: number, options: object) => {
    const arrays = header.arrays.map((array) =>
      array.name === "raw"
        ? { ...array, axes: array.axes.map((axis, index) => (index > 0 ? axis : { ...axis, size: samples })) }
        : array,
    );
    const { problems = [] } = await nwb.check({ ...header, arrays }, { compression: "none", ...options });
    return problems.map(({ reason, message }) => `${reason} ${/(?<=nwbinspector, )\w+/.exec(message)}`);
  };
  expect(await found(6e6, { suggestions: true })).toEqual([]);
  expect(await found(7e6, {})).toEqual([]);
  expect(await found(7e6, { suggestions: true })).toEqual(["RAW_UNCOMPRESSED suggestion"]);
  expect(await found(3e9, {})).toEqual(["RAW_UNCOMPRESSED violation"]);
  expect(await found(3e9, { compression: "deflate" })).toEqual([]);
});

test("what the cells of tables tell", async () => {
  const year = 4e7;
  const stream = (suggestions: boolean) =>
    exportToMemory(
      spikeStream([[0.005], [0.006]], {
        spikes: { durationSeconds: 1, samplingRateHz: 1000, unitsTable: "units", electrodesTable: "electrodes" },
        tables: [
          smallTable("units", 1, { notes: ["{'a': 1}", "plain"], empty: [Number.NaN, null], flag: ["Yes", "no"] }),
          smallTable("electrodes", 2, { location: ["CA1", "a cage"], good: [1, 0], depth: [1, 2] }),
          smallTable("trials", 3, { start_time: [-1, year], stop_time: [0, year + 1] }),
          smallTable("epochs", 4, { start_time: [0], stop_time: [1] }),
        ],
        dataset: {
          name: "d",
          sessionStartTime: new Date("2025-01-01T00:00:00Z"),
          responses: [Responses.fromPartial({ trialsTable: "trials", epochsTable: "epochs" })],
          metadata: describedSession,
        },
      }),
      { suggestions },
    );
  const told = async (suggestions: boolean) =>
    ((await stream(suggestions)).findings.warnings ?? []).map(({ reason, field }) => `${reason} ${field}`);
  const violations = ["COLUMN_HOLDS_OBJECTS tables.units.notes", "INTERVALS_SPAN_YEARS tables.trials"];
  expect((await told(false)).toSorted()).toEqual(violations);
  expect((await told(true)).toSorted()).toEqual(
    [
      ...violations,
      "COLUMN_BEFORE_SESSION tables.trials.start_time",
      "COLUMN_OF_TRUTH_VALUES tables.electrodes.good",
      "COLUMN_OF_TRUTH_VALUES tables.units.flag",
      "COLUMN_WITHOUT_VALUES tables.units.empty",
      "ELECTRODE_LOCATION_UNCOMPARED electrodes.location",
      "INTERVALS_SINGLE tables.epochs",
    ].toSorted(),
  );
});
