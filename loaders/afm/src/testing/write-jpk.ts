import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as h5wasm from "h5wasm/node";

type Attributes = Readonly<Record<string, string | number>>;

/** One channel of a tiny .h5-jpk file. */
export interface JpkChannelFile {
  readonly name: string;
  readonly retrace?: boolean;
  /** Name of the dataset, e.g. "MeasuredHeight". */
  readonly dataset: string;
  /** frames[frame][pixel], rows from the bottom of the image to its top. */
  readonly frames: readonly (readonly number[])[];
  readonly attributes: Attributes;
}

/** A tiny .h5-jpk file: measurements with a grid, channels, and numbers per frame. */
export interface JpkMeasurementFile {
  readonly attributes?: Attributes;
  readonly channels: readonly JpkChannelFile[];
  /** Datasets of meta-data: int64 for bigint, else float64. */
  readonly perFrame?: Readonly<Record<string, readonly (bigint | number)[]>>;
}

/** The scaling attributes of an encoder or a conversion, as the instrument writes them. */
export function scalingAttributes(name: string, multiplier: number, offset: number, unit: string): Attributes {
  return {
    [`${name}.scaling.type`]: "linear",
    [`${name}.scaling.style`]: "offsetmultiplier",
    [`${name}.scaling.multiplier`]: multiplier,
    [`${name}.scaling.offset`]: offset,
    [`${name}.scaling.unit.type`]: "metric-unit",
    [`${name}.scaling.unit.unit`]: unit,
  };
}

/** A grid of 3 x 2 pixels over 6 x 3 nm, 4 lines a second. */
const smallGrid: Attributes = {
  "position-pattern.grid.ilength": 3,
  "position-pattern.grid.jlength": 2,
  "position-pattern.grid.ulength": 6e-9,
  "position-pattern.grid.vlength": 3e-9,
  "position-pattern.grid.unit.unit": "m",
  "timing-settings.scanRate": 4,
  "start-time": "2025-05-28 14:41:58.548 +0100",
  "description.user-name": "somebody",
};

/** Bytes of a file with one group for each measurement, text as fixed-length bytes. */
export async function writeJpk(measurements: readonly JpkMeasurementFile[]): Promise<Uint8Array> {
  const library = await h5wasm.ready;
  library.activate_throwing_error_handler();
  const folder = mkdtempSync(join(tmpdir(), "sluice-jpk-"));
  try {
    const path = join(folder, "tiny.h5-jpk");
    const file = new h5wasm.File(path, "w");
    writeAttributes(file, { "file-format-info": "JPK SCAN", "file-format-version": "3.0" });
    measurements.forEach((measurement, index) => {
      writeMeasurement(file.create_group(`Measurement_00${index}`), measurement);
    });
    file.close();
    return new Uint8Array(readFileSync(path));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeMeasurement(group: h5wasm.Group, { attributes, channels, perFrame }: JpkMeasurementFile): void {
  writeAttributes(group, { ...smallGrid, ...attributes });
  channels.forEach((channel, index) => writeChannel(group.create_group(`Channel_00${index}`), channel));
  if (!perFrame) return;
  const metaData = group.create_group("meta-data");
  for (const [name, values] of Object.entries(perFrame)) {
    const shape = [values.length, 1];
    if (typeof values[0] === "bigint") {
      metaData.create_dataset({ name, data: BigInt64Array.from(values as bigint[]), shape, dtype: "<q" });
    } else {
      metaData.create_dataset({ name, data: Float64Array.from(values as number[]), shape, dtype: "<d" });
    }
  }
}

function writeChannel(group: h5wasm.Group, channel: JpkChannelFile): void {
  const retrace = channel.retrace ? "true" : "false";
  writeAttributes(group, { "channel.name": channel.name, retrace, ...channel.attributes });
  const frames = channel.frames.length;
  const pixels = channel.frames[0]?.length ?? 0;
  const data = new Int32Array(pixels * frames);
  channel.frames.forEach((frame, index) => {
    frame.forEach((value, pixel) => {
      data[pixel * frames + index] = value;
    });
  });
  const shape = [pixels, frames];
  group.create_dataset({ name: channel.dataset, data, shape, dtype: "<i", chunks: [pixels, 1], compression: "gzip" });
  group.create_dataset({ name: "thumbnail", data: Int32Array.of(1), shape: [1, 1], dtype: "<i" });
}

function writeAttributes(group: h5wasm.Group, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    const text = typeof value === "string";
    group.create_attribute(name, value, [], text ? `S${Math.max(1, Buffer.byteLength(value))}` : "<d");
  }
}
