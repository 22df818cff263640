import { basename } from "node:path";
import type { DatasetHeader } from "@sluice/core";
import type { FieldOrigin, TableSpec } from "@sluice/proto";
import { movieHeader, origin } from "../movie.ts";
import { invalidField } from "./field-table.ts";
import { type AsdHeader, announcedBytes } from "./header.ts";
import { decodeText } from "./text.ts";

/** What an export of one channel is made of, beyond the header. */
export interface AsdSelection {
  readonly path: string;
  readonly fileBytes: number;
  readonly channel: AsdHeader["channels"][number];
  readonly dataType: "float32" | "int16";
  readonly unit: string;
  readonly valueScale?: number;
  readonly valueOffset?: number;
  /** Where the scale of the values comes from. */
  readonly scaleDetail: string;
  readonly wholeFrames: number;
  /** Hours and minutes by which the instrument's clock was ahead of UTC, e.g. "+09:00"; undefined when not told. */
  readonly utcOffset: string | undefined;
}

/** Values of each frame's own header. */
export function framesTable(rows: number): TableSpec {
  const column = (name: string, dataType: string, description: string) => ({
    name,
    dataType,
    unit: "",
    nullable: false,
    description,
  });
  return {
    tableId: 1,
    name: "frames",
    rows,
    columns: [
      column("number", "int32", "Number of the frame as the instrument counted"),
      column("max", "int16", "Highest level, as the instrument recorded it"),
      column("min", "int16", "Lowest level, as the instrument recorded it"),
      column("x_offset", "int16", "Position of the x scanner"),
      column("y_offset", "int16", "Position of the y scanner"),
      column("x_tilt", "float32", "Tilt correction in x"),
      column("y_tilt", "float32", "Tilt correction in y"),
      column("stimulated", "bool", "Flag of laser irradiation"),
    ],
    attributes: undefined,
  };
}

/** The header of the stream: what the file says, each field with the byte it was read from. */
export function asdDataset(header: AsdHeader, selection: AsdSelection): DatasetHeader {
  const { fields } = header;
  const at = (...names: string[]) => names.map((name) => `${name} @ byte ${fields.offset(name)}`).join(", ");
  const origins: FieldOrigin[] = [];
  const known = (field: string, value: number | undefined, ...names: string[]): number | undefined => {
    origins.push(
      value === undefined ? origin(field, "absent", `${at(...names)} is 0`) : origin(field, "derived", at(...names)),
    );
    return value;
  };
  const pixelSizeNm = {
    x: known("image.pixel_size.x", ratio(measure(header, "x_nm"), header.width), "x_nm", "x_pixels"),
    y: known("image.pixel_size.y", ratio(measure(header, "y_nm"), header.height), "y_nm", "y_pixels"),
  };
  const frameTimeSeconds = measure(header, "frame_time") / 1000;
  const frameIntervalSeconds = known("image.times", frameTimeSeconds || undefined, "frame_time");
  const lineRateHz = known("image.line_rate", ratio(header.height, frameTimeSeconds), "y_pixels", "frame_time");
  origins.push(origin("image.channel", "read", at(selection.channel.field)));
  const scaled = selection.valueScale === undefined ? "image.values" : "image.value_scale";
  origins.push(origin(scaled, "derived", selection.scaleDetail));
  const { metadata, origins: metadataOrigins } = describeFields(header);
  const { time, origin: timeOrigin } = recordingTime(header, selection.utcOffset);
  const source = basename(selection.path);
  return movieHeader({
    name: source.replace(/\.asd$/i, ""),
    source,
    channel: selection.channel.code,
    dataType: selection.dataType,
    unit: selection.unit,
    ...(selection.valueScale === undefined
      ? {}
      : { valueScale: selection.valueScale, valueOffset: selection.valueOffset ?? 0 }),
    frames: header.frames,
    height: header.height,
    width: header.width,
    pixelSizeNm,
    frameIntervalSeconds,
    lineRateHz,
    framesTable: framesTable(selection.wholeFrames),
    metadata,
    records: {
      asd_file: {
        version: header.version,
        channels: header.channels.map(({ code }) => code),
        announced_frames: header.frames,
        whole_frames: selection.wholeFrames,
        announced_bytes: announcedBytes(header),
        file_bytes: selection.fileBytes,
      },
    },
    sessionStartTime: time,
    origins: [...origins, timeOrigin, ...metadataOrigins],
  });
}

/** Every field of the header as it is, and under NWB's names those that have one. */
function describeFields({ fields, version }: AsdHeader): {
  metadata: Record<string, unknown>;
  origins: FieldOrigin[];
} {
  const codePage = fields.has("text_encoding") ? fields.number("text_encoding") : undefined;
  const asd: Record<string, unknown> = { version };
  const origins: FieldOrigin[] = [];
  for (const [name, { offset, value }] of fields.entries()) {
    const text = value instanceof Uint8Array ? decodeText(value, codePage) : undefined;
    asd[name] = text ? text.text : finite(value);
    const detail = text ? `${name} @ byte ${offset} (${text.detail})` : `${name} @ byte ${offset}`;
    origins.push(origin(`metadata.asd.${name}`, "read", detail));
  }
  const metadata: Record<string, unknown> = { asd };
  for (const [name, source] of [
    ["experimenter", "user_name"],
    ["notes", "comment"],
  ] as const) {
    const found = asd[source] !== "";
    if (found) metadata[name] = asd[source];
    const detail = `${source} @ byte ${fields.offset(source)}`;
    origins.push(origin(`metadata.${name}`, found ? "read" : "absent", found ? detail : `${detail} is empty`));
  }
  return { metadata, origins };
}

/** JSON knows no NaN and no infinity: these stay as words. */
function finite(value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function measure({ fields }: AsdHeader, name: string): number {
  const value = fields.number(name);
  if (Number.isFinite(value) && value >= 0) return value;
  throw invalidField(name, fields.offset(name), value, "a finite number, 0 or more");
}

function ratio(numerator: number, denominator: number): number | undefined {
  return numerator > 0 && denominator > 0 ? numerator / denominator : undefined;
}

/** The file holds the clock of the instrument without its time zone. */
function recordingTime(
  { fields }: AsdHeader,
  utcOffset: string | undefined,
): { time: Date | undefined; origin: FieldOrigin } {
  const names = ["year", "month", "day", "hour", "minute", "second"];
  const [year, month, day, hour, minute, second] = names.map((name) => fields.number(name)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const pad = (value: number, width = 2) => String(value).padStart(width, "0");
  const local = `${pad(year, 4)}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:${pad(second)}`;
  const utc = new Date(`${local}Z`);
  const bytes = `bytes ${fields.offset("year")} to ${fields.offset("second")}`;
  if (Number.isNaN(utc.getTime()) || utc.toISOString().slice(0, 19) !== local) {
    return { time: undefined, origin: origin("session_start_time", "absent", `${local} at ${bytes} is no date`) };
  }
  const zone = utcOffset === undefined ? "the file names no time zone, UTC assumed" : `time zone ${utcOffset} given`;
  return {
    time: new Date(`${local}${utcOffset ?? "Z"}`),
    origin: origin("session_start_time", "derived", `${local} at ${bytes}; ${zone}`),
  };
}
