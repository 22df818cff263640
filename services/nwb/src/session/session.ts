import { type DatasetHeader, problem } from "@sluice/core";
import { type FieldOrigin, Origin, type Problem } from "@sluice/proto";
import type { NwbOptions } from "../options.ts";
import {
  deviceTexts,
  generalLists,
  generalTexts,
  knownNames,
  MetadataReader,
  merged,
  subjectTexts,
} from "./metadata.ts";
import { isDate, timeStamp, timeStampOf } from "./time-stamp.ts";

/** Texts by NWB's names. */
export type Texts = ReadonlyMap<string, string>;

/** A device that recorded. */
export interface Device {
  readonly name: string;
  readonly texts: Texts;
}

/** A probe, or a shank of one. */
export interface ElectrodeGroup {
  readonly name: string;
  readonly description: string | undefined;
  readonly location: string | undefined;
  /** Name of its device. */
  readonly device: string | undefined;
}

/** What the file says of the session, its subject and its devices. */
export interface Session {
  /** Undefined: the file gets a new UUID. */
  readonly identifier: string | undefined;
  readonly description: string;
  /** ISO 8601 with offset. */
  readonly startTime: string;
  readonly general: Texts;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly subject: Texts | undefined;
  readonly devices: readonly Device[];
  readonly electrodeGroups: readonly ElectrodeGroup[];
  /** Texts of the series of raw traces: description, comments, filtering. */
  readonly series: Texts;
  readonly origins: readonly FieldOrigin[];
}

/** The session as far as it is known; what stands against writing it. */
export interface PlannedSession {
  readonly session: Session;
  readonly problems: readonly Problem[];
}

/** Settles what the file says of the session. Pure. */
export function planSession({ dataset }: DatasetHeader, options: NwbOptions): PlannedSession {
  const metadata = new MetadataReader(merged(dataset.metadata ?? {}, options.metadata), "dataset.metadata");
  metadata.warnOfOthers(knownNames);
  const { problems } = metadata;
  const origins: FieldOrigin[] = [];
  const subject = metadata.part("subject");
  subject?.warnOfOthers(new Set(subjectTexts));
  const subjectValues = subject && textsOf(subject, subjectTexts);
  const born = subjectValues?.get("date_of_birth");
  if (born !== undefined && !isDate(born) && timeStamp(born) === undefined) {
    problems.push(timeInvalid("dataset.metadata.subject.date_of_birth", born));
  }
  const series = metadata.part("electrical_series");
  const devices = metadata.parts("devices").map(deviceOf);
  const electrodeGroups = metadata.parts("electrode_groups").map(electrodeGroupOf);
  problems.push(
    ...namesTaken("devices", devices, []),
    ...namesTaken("electrode_groups", electrodeGroups, ["electrodes"]),
  );
  const session: Session = {
    identifier: options.identifier ?? metadata.text("identifier"),
    description: descriptionOf(
      dataset.name,
      options.sessionDescription ?? metadata.text("session_description"),
      origins,
    ),
    startTime: startTimeOf(dataset.sessionStartTime, options, metadata, problems),
    general: textsOf(metadata, generalTexts),
    lists: new Map(
      generalLists.map((name) => [name, metadata.texts(name)] as const).filter(([, { length }]) => length),
    ),
    subject: subjectValues && subjectValues.size > 0 ? subjectValues : undefined,
    devices,
    electrodeGroups,
    series: series ? textsOf(series, ["name", "description", "comments", "filtering"]) : new Map(),
    origins,
  };
  if (session.identifier === undefined) origins.push(defaulted("dataset.metadata.identifier", "a new UUID"));
  return { session, problems };
}

/** A value that nobody gave. */
export function defaulted(field: string, detail: string): FieldOrigin {
  return { field, origin: Origin.ORIGIN_DEFAULTED, detail };
}

function textsOf(metadata: MetadataReader, names: readonly string[]): Texts {
  return new Map(
    names.flatMap((name) => {
      const text = metadata.text(name);
      return text === undefined ? [] : [[name, text] as const];
    }),
  );
}

function descriptionOf(datasetName: string, given: string | undefined, origins: FieldOrigin[]): string {
  if (given !== undefined) return given;
  origins.push(defaulted("dataset.metadata.session_description", "the name of the dataset"));
  return datasetName;
}

/** Of the option; of the metadata, which keep the offset; of the dataset, in UTC. */
function startTimeOf(
  known: Date | undefined,
  { sessionStartTime }: NwbOptions,
  metadata: MetadataReader,
  problems: Problem[],
): string {
  const own = metadata.text("session_start_time");
  const text = sessionStartTime ?? own;
  if (text === undefined) {
    if (known !== undefined) return timeStampOf(known);
    problems.push(startMissing());
    return "";
  }
  const stamp = timeStamp(text);
  if (stamp !== undefined) return stamp;
  const field = sessionStartTime === undefined ? "dataset.metadata.session_start_time" : "options.sessionStartTime";
  problems.push(timeInvalid(field, text));
  return "";
}

function deviceOf(metadata: MetadataReader, index: number): Device {
  metadata.warnOfOthers(new Set(["name", ...deviceTexts]));
  return { name: metadata.text("name") ?? `device${index}`, texts: textsOf(metadata, deviceTexts) };
}

function electrodeGroupOf(metadata: MetadataReader, index: number): ElectrodeGroup {
  metadata.warnOfOthers(new Set(["name", "description", "location", "device"]));
  return {
    name: metadata.text("name") ?? `group${index}`,
    description: metadata.text("description"),
    location: metadata.text("location"),
    device: metadata.text("device"),
  };
}

/** Two of one name would be one object in the file. */
function namesTaken(list: string, items: readonly { readonly name: string }[], reserved: readonly string[]): Problem[] {
  const names = items.map(({ name }) => name);
  return names.flatMap((name, index) => {
    if (names.indexOf(name) === index && !reserved.includes(name)) return [];
    return [
      problem({
        reason: "METADATA_NAME_TAKEN",
        message: "Something else has this name in the file.",
        field: `dataset.metadata.${list}[${index}].name`,
        got: JSON.stringify(name),
        remedy: "Give each a name of its own.",
      }),
    ];
  });
}

function startMissing(): Problem {
  return problem({
    reason: "SESSION_START_MISSING",
    message: "NWB counts all times from the start of the session, and the dataset does not say when that was.",
    field: "dataset.session_start_time",
    allowed: ["a moment with its offset from UTC"],
    remedy: "Give sessionStartTime, e.g. 2026-11-01T09:30:00+01:00.",
  });
}

function timeInvalid(field: string, got: string): Problem {
  return problem({
    reason: "TIME_INVALID",
    message: "The text is no moment that NWB's readers understand.",
    field,
    got: JSON.stringify(got),
    allowed: ["ISO 8601 with an offset from UTC: 2026-11-01T09:30:00+01:00"],
    remedy: "Correct it; the offset is needed, since the same clock shows other moments elsewhere.",
  });
}
