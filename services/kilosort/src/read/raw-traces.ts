import { stat } from "node:fs/promises";
import { join } from "node:path";
import { chunkFrame, type DataType, isDataType, itemSize } from "@sluice/core";
import { ArraySpec, Axis, AxisType, type Frame } from "@sluice/proto";
import { openSource, readFully } from "@sluice/source";
import { rowsPerBlock } from "@sluice/spikes";
import { canonicalNames } from "../names.ts";
import type { Params } from "./params.ts";

/** Raw traces of a folder. */
export interface RawTraces {
  readonly array: ArraySpec;
  readonly file: string;
  readonly offset: number;
}

/**
 * The traces that params.py names, where they lie in the folder itself; or why they are left out. Undefined when it names
 * none.
 */
export async function findRaw(
  folder: string,
  files: readonly string[],
  { datPath, channels, dataType, offset, samplingRateHz, startTimeSeconds = 0 }: Params,
  arrayId: number,
): Promise<RawTraces | string | undefined> {
  if (datPath === undefined || datPath === "" || datPath === "None") return undefined;
  const file = files.find((name) => name === datPath || `./${name}` === datPath);
  if (file === undefined) return "the raw traces of params.py do not lie in the folder, and are left out";
  const type = dataType?.replace(/^np\./, "").replace(/^<?(i|u|f)(2|4|8)$/, longName);
  if (
    type === undefined ||
    !isDataType(type) ||
    !/^(u?int|float)/.test(type) ||
    channels === undefined ||
    channels < 1
  ) {
    return `params.py does not say what ${file} holds; it is left out`;
  }
  const { size } = await stat(join(folder, file));
  const samples = Math.floor((size - offset) / (channels * itemSize[type]));
  if (samples < 1) return `${file} holds nothing`;
  const array = ArraySpec.fromPartial({
    arrayId,
    name: canonicalNames.raw,
    dataType: type,
    axes: [
      Axis.fromPartial({
        name: "sample",
        type: AxisType.AXIS_TYPE_TIME,
        size: samples,
        unit: "second",
        ...(samplingRateHz === undefined ? {} : { scale: 1 / samplingRateHz }),
        origin: startTimeSeconds,
      }),
      Axis.fromPartial({ name: "channel", type: AxisType.AXIS_TYPE_CHANNEL, size: channels }),
    ],
  });
  return { array, file, offset };
}

/** The traces in blocks of 1 MiB. */
export async function* rawFrames(
  folder: string,
  { array, file, offset }: RawTraces,
  signal?: AbortSignal,
): AsyncGenerator<Frame> {
  const [samples, channels] = array.axes.map(({ size }) => size ?? 0) as [number, number];
  const rowBytes = channels * itemSize[array.dataType as DataType];
  const rows = rowsPerBlock(array);
  const source = await openSource(join(folder, file));
  try {
    for (let first = 0; first < samples; first += rows) {
      signal?.throwIfAborted();
      const count = Math.min(rows, samples - first);
      const data = new Uint8Array(count * rowBytes);
      await readFully(source, data, offset + first * rowBytes);
      yield chunkFrame({ arrayId: array.arrayId, offset: [first, 0], shape: [count, channels], data });
    }
  } finally {
    await source.close();
  }
}

function longName(_: string, kind: string, bytes: string): string {
  const names: Readonly<Record<string, string>> = { i: "int", u: "uint", f: "float" };
  return `${names[kind]}${8 * Number(bytes)}`;
}
