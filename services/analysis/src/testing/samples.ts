import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { asdLoader, jpkLoader } from "@sluice/afm";
import { Assembly, type DatasetStream, imageOf, wholeFrames } from "@sluice/core";
import { memoryStream } from "@sluice/core/testing";
import { imageValues } from "../image/image-values.ts";

const folder = fileURLToPath(new URL("../../../../../shared/data/", import.meta.url));
const goldenFile = `${folder}playnano/golden_playnano.json`;

/** Why the goldens cannot be compared; empty when they can. */
export const samplesMissing = existsSync(goldenFile) ? "" : " (SKIPPED: ../shared/data is not there)";

/** What playNano gives for one array, in float64. */
export interface Golden {
  readonly [key: string]: number | readonly number[];
}

/** What playNano's filters and masks give on its two samples. */
export function goldens(): Record<"h5jpk_height_trace_nm" | "asd_TP_nm", Record<string, Golden>> {
  return JSON.parse(readFileSync(goldenFile, "utf8")) as ReturnType<typeof goldens>;
}

/** What playNano's alignment and detection give on one of them. */
export interface MovieGoldens {
  readonly align_frames_fft_shifts_h5jpk_remove_plane: {
    readonly shifts_dy_dx: readonly (readonly number[])[];
    readonly max_shift5: readonly (readonly number[])[];
  };
  readonly feature_detection_h5jpk_remove_plane_mask_mean_offset1: {
    readonly counts: readonly number[];
    readonly frame0_first3: readonly {
      readonly label: number;
      readonly area: number;
      readonly bbox: readonly number[];
      readonly centroid: readonly number[];
      readonly min: number;
      readonly max: number;
      readonly mean: number;
    }[];
  };
}

/** What playNano's alignment and detection give on the sample of a JPK microscope. */
export function movieGoldens(): MovieGoldens {
  return JSON.parse(readFileSync(goldenFile, "utf8")) as MovieGoldens;
}

const samples = {
  h5jpk_height_trace_nm: () =>
    jpkLoader.load(`${folder}afm/sample_0.h5-jpk`, { channel: "height_trace", values: "raw" }),
  asd_TP_nm: () => asdLoader.load(`${folder}afm/asd_sample_0.asd`, { values: "raw" }),
} as const;

const loaded = new Map<keyof typeof samples, Promise<DatasetStream>>();

/** A sample as float64 in nanometers: steps on it round nothing. It may be read again and again. */
export function sample(name: keyof typeof samples): Promise<DatasetStream> {
  const stream = loaded.get(name) ?? load(name);
  loaded.set(name, stream);
  return stream;
}

async function load(name: keyof typeof samples): Promise<DatasetStream> {
  const stream = await samples[name]();
  const { array } = imageOf(stream.header)!;
  const values: Float64Array[] = [];
  for await (const item of new Assembly(stream, (spec) => (spec === array ? wholeFrames(spec) : undefined))) {
    if (item.kind === "block") values.push(imageValues(item.block.data, array));
  }
  const [height = 0, width = 0] = array.axes.slice(1).map((axis) => axis.size);
  const data = new Float64Array(values.length * height * width);
  for (const [index, frame] of values.entries()) data.set(frame, index * height * width);
  return memoryStream([{ name: "image", dataType: "float64", shape: [values.length, height, width], data }], {
    imageStack: {},
  });
}

/** The numbers that goldens hold of an array [frame, y, x]. */
export function numbersOf({ shape, data }: { shape: readonly number[]; data: Float64Array }): Golden {
  const [frames = 0, height = 0, width = 0] = shape;
  const at = (frame: number, y: number, x: number) => data[(frame * height + y) * width + x] as number;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const mean = sum / data.length;
  let squares = 0;
  for (const value of data) squares += (value - mean) ** 2;
  return {
    shape,
    sum,
    min,
    max,
    std: Math.sqrt(squares / data.length),
    px_0_0_0: at(0, 0, 0),
    px_0_63_63: at(0, 63, 63),
    px_last_100_17: at(frames - 1, 100, 17),
  };
}
