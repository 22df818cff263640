import { type Field, type FieldType } from "../asd/field-table.ts";
import { frameHeader, layouts } from "../asd/layout.ts";

type Values = Readonly<Record<string, number | string | readonly (readonly number[])[]>>;

/** A tiny .asd file: header fields by name, and for each channel its frames of levels. */
export interface AsdFile {
  readonly version: 0 | 1 | 2;
  /** Which of the layouts of the version; see layout.ts. */
  readonly layout?: number;
  /** Header fields beside the defaults; text is written as UTF-8 unless given as bytes by a latin1 string. */
  readonly fields?: Values;
  /** channels[channel][frame][pixel] */
  readonly channels: readonly (readonly (readonly number[])[])[];
}

/** Header of the defaults: 3 x 2 pixels over 6 x 3 nm, 500 ms a frame, unipolar 1 V, TP gain 2 and extension 4 nm/V. */
const defaults: Values = {
  frame_header_length: 32,
  text_encoding: 932,
  x_pixels: 3,
  y_pixels: 2,
  x_nm: 6,
  y_nm: 3,
  frame_time: 500,
  z_piezo_gain: 2,
  z_piezo_extension: 4,
  scanner_sensitivity: 3,
  phase_sensitivity: 5,
  adc_range: 1,
  adc_bits: 12,
  year: 2020,
  month: 2,
  day: 29,
  hour: 23,
  minute: 5,
  second: 7,
  channel1: "TP",
  user_name: "",
  comment: "",
};

/** Bytes of an .asd file, written by the same tables that read it; `header_length` is right unless given. */
export function writeAsd(file: AsdFile): Uint8Array {
  const layout = (layouts[file.version] ?? [])[file.layout ?? 0] as readonly Field[];
  const frames = file.channels[0]?.length ?? 0;
  const given: Values = { num_frames: frames, initial_frames: frames, number_of_frames: frames, ...file.fields };
  const values: Record<string, Values[string]> = { ...defaults, ...given };
  for (const [size, text] of [
    ["user_name_size", "user_name"],
    ["comment_size", "comment"],
  ] as const) {
    values[size] ??= String(values[text]).length;
  }
  for (const colour of ["red", "green", "blue"]) {
    values[`${colour}_anchor_count`] ??= ((values[`${colour}_anchors`] ?? []) as []).length;
  }
  const measured = writeFields(layout, values);
  values["header_length"] ??= 4 + measured.length;
  const parts = [writeFields([["version", "i32"]], { version: file.version }), writeFields(layout, values)];
  for (const channel of file.channels) {
    channel.forEach((levels, index) => {
      parts.push(
        writeFields(frameHeader, {
          number: index + 1,
          max: levels.reduce((a, b) => Math.max(a, b)),
          min: levels.reduce((a, b) => Math.min(a, b)),
          x_tilt: 0.5,
        }),
        new Uint8Array(Int16Array.from(levels).buffer),
      );
    });
  }
  return new Uint8Array(Buffer.concat(parts));
}

function writeFields(table: readonly Field[], values: Values): Uint8Array {
  return Buffer.concat(table.map(([name, type, length]) => writeField(type, values[name], lengthOf(length, values))));
}

function lengthOf(length: number | string | undefined, values: Values): number {
  return typeof length === "string" ? Number(values[length] ?? 0) : (length ?? 1);
}

function writeField(type: FieldType, value: Values[string] | undefined, length: number): Uint8Array {
  if (type === "skip") return new Uint8Array(length);
  if (type === "text") return Buffer.concat([Buffer.from(String(value ?? ""), "latin1")], length);
  if (type === "points") return new Uint8Array(Int32Array.from((value as number[][] | undefined)?.flat() ?? []).buffer);
  const bytes = Buffer.alloc(8);
  const number = Number(value ?? 0);
  switch (type) {
    case "u8":
    case "bool":
      return bytes.subarray(0, bytes.writeUInt8(number));
    case "i8":
      return bytes.subarray(0, bytes.writeInt8(number));
    case "i16":
      return bytes.subarray(0, bytes.writeInt16LE(number));
    case "i32":
      return bytes.subarray(0, bytes.writeInt32LE(number));
    case "u32":
      return bytes.subarray(0, bytes.writeUInt32LE(number));
    case "f32":
      return bytes.subarray(0, bytes.writeFloatLE(number));
    case "f64":
      return bytes.subarray(0, bytes.writeDoubleLE(number));
  }
}
