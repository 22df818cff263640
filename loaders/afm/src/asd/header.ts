import { SluiceError } from "@sluice/core";
import { type FieldValues, invalidField, readFields } from "./field-table.ts";
import { frameHeaderBytes, layouts, versionField } from "./layout.ts";

/** Headers are read from at most so many bytes. */
export const maximumHeaderBytes = 1024 * 1024;

const maximumPixelsPerAxis = 65_536;

/** What a file announces; nothing here says that the frames are there. */
export interface AsdHeader {
  readonly version: number;
  readonly fields: FieldValues;
  /** Channels of the file in the order of their frames: the code ("TP", "ER", "PH") and the field that holds it. */
  readonly channels: readonly { readonly code: string; readonly field: string }[];
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** Bytes of one frame with its header. */
  readonly frameBytes: number;
  /** Byte of the first frame of the first channel. */
  readonly dataStart: number;
}

/**
 * Reads and checks the header of a version 0, 1 or 2 file.
 *
 * Lengths are announced more than once: by `header_length`, by the fields, and by the size of the file. Version 0
 * files are known to announce a wrong `header_length` (libasd, read_header.hpp), and the sources disagree on one byte
 * of version 2, so what the fields add up to is believed when `header_length` or the size of the file agrees with it.
 *
 * @param bytes the first bytes of the file, at most {@link maximumHeaderBytes}
 * @param fileBytes size of the file
 * @throws SluiceError ASD_VERSION_UNKNOWN, ASD_TRUNCATED, ASD_FIELD_INVALID, ASD_HEADER_INCONSISTENT
 */
export function readHeader(bytes: Uint8Array, fileBytes: number): AsdHeader {
  const first = readFields(versionField, bytes, 0);
  const version = first.number("version");
  const candidates = Object.hasOwn(layouts, version) ? layouts[version] : undefined;
  if (!candidates) throw unknownVersion(version);
  const headers: AsdHeader[] = [];
  let fault: unknown;
  for (const layout of candidates) {
    try {
      headers.push(interpret(version, readFields(layout, bytes, first.end, first)));
    } catch (error) {
      fault ??= error;
    }
  }
  const header =
    headers.find(({ fields, dataStart }) => fields.number("header_length") === dataStart) ??
    headers.find((candidate) => announcedBytes(candidate) === fileBytes) ??
    (version === 0 ? headers[0] : undefined);
  if (!header) throw headers[0] ? inconsistent(headers[0], fileBytes) : fault;
  checkFrameHeaderLength(header, fileBytes);
  return header;
}

/** Size of a file that holds all that its header announces. */
export function announcedBytes(header: AsdHeader): number {
  return header.dataStart + header.channels.length * header.frames * header.frameBytes;
}

function interpret(version: number, fields: FieldValues): AsdHeader {
  const width = count(fields, "x_pixels", maximumPixelsPerAxis);
  const height = count(fields, "y_pixels", maximumPixelsPerAxis);
  return {
    version,
    fields,
    channels: ["channel1", "channel2"]
      .map((field) => ({ code: channelCode(fields, field), field }))
      .filter(({ code }) => code !== ""),
    frames: count(fields, "num_frames", 2 ** 31 - 1),
    height,
    width,
    frameBytes: frameHeaderBytes + 2 * width * height,
    dataStart: fields.end,
  };
}

function count(fields: FieldValues, name: string, maximum: number): number {
  const value = fields.number(name);
  if (value >= 1 && value <= maximum) return value;
  throw invalidField(name, fields.offset(name), value, `1 to ${maximum}`);
}

function channelCode(fields: FieldValues, name: string): string {
  const bytes = fields.bytes(name);
  const end = bytes.indexOf(0);
  return String.fromCharCode(...bytes.subarray(0, end < 0 ? bytes.length : end)).trim();
}

function checkFrameHeaderLength(header: AsdHeader, fileBytes: number): void {
  const name = "frame_header_length";
  const length = header.fields.number(name);
  if (length === frameHeaderBytes || announcedBytes(header) === fileBytes) return;
  throw invalidField(name, header.fields.offset(name), length, String(frameHeaderBytes));
}

function unknownVersion(version: number): SluiceError {
  return new SluiceError({
    reason: "ASD_VERSION_UNKNOWN",
    message: "The .asd file is of a version that Sluice does not know.",
    field: "version @ byte 0",
    got: String(version),
    allowed: Object.keys(layouts),
    remedy: "Check that the file is a RIBM .asd file; if it is, its layout has to be added.",
  });
}

function inconsistent(header: AsdHeader, fileBytes: number): SluiceError {
  const { fields, dataStart } = header;
  return new SluiceError({
    reason: "ASD_HEADER_INCONSISTENT",
    message:
      "The length of the header, its fields and the size of the file contradict each other, " +
      "so the place of the first frame is not known.",
    field: `header_length @ byte ${fields.offset("header_length")}`,
    got: `header_length ${fields.number("header_length")} in a file of ${fileBytes} bytes`,
    allowed: [`header_length ${dataStart}`, `a file of ${announcedBytes(header)} bytes`],
    remedy: "The file is damaged; take another copy of it.",
  });
}
