import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { asElements, type DatasetStream, type DataType, type RawOptions } from "@sluice/core";
import { memoryStream } from "@sluice/core/testing";
import { KeptLayers } from "@sluice/proto";
import { spikeRuns } from "@sluice/spikes";
import { spikeStream } from "@sluice/spikes/testing";
import { analysis } from "../index.ts";

const folder = fileURLToPath(new URL("../../../../../shared/data/spikelab/", import.meta.url));

/** Why the goldens cannot be compared; empty when they can. */
export const spikelabMissing = existsSync(`${folder}golden_spikelab.json`)
  ? ""
  : " (SKIPPED: ../shared/data/spikelab is not there)";

/** JSON of many shapes. */
// oxlint-disable-next-line no-explicit-any -- a golden file of many shapes, read by tests alone
export type Golden = any;

/** What SpikeLab 0.1.1 computed from trains of a linear congruential generator. */
export function spikelabGolden(): Golden {
  return JSON.parse(readFileSync(`${folder}golden_spikelab.json`, "utf8"));
}

/** The golden's trains as a stream. */
export function goldenStream(golden: Golden): DatasetStream {
  const units = (golden.trains as number[][]).map((train) => train.map((ms) => ms / 1e3));
  return spikeStream(units, { spikes: { durationSeconds: golden.length_ms / 1e3 } });
}

/** The raw traces of the goldens, [channel, sample] of float64, 3 channels of 20000 samples at 20 kHz. */
export function goldenRaw(): Float64Array {
  const bytes = readFileSync(`${folder}thresholding_raw_3x20000_f64.npy`);
  const start = 10 + bytes.readUInt16LE(8);
  return new Float64Array(new Uint8Array(bytes.subarray(start)).buffer);
}

/** Raw traces [channel, sample] as a stream of either layout. */
export function rawStream(
  data: Float64Array,
  channels: number,
  options: { readonly layout?: "samples-first" | "channels-first"; readonly perChunk?: number } = {},
): DatasetStream {
  const samples = data.length / channels;
  const { layout = "samples-first", perChunk = 5000 } = options;
  if (layout === "channels-first") {
    return memoryStream(
      [{ name: "raw", dataType: "float64", shape: [channels, samples], data, axes: ["dim_0", "dim_1"] }],
      {
        chunking: [1, perChunk],
      },
    );
  }
  const turned = new Float64Array(data.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let sample = 0; sample < samples; sample++) {
      turned[sample * channels + channel] = data[channel * samples + sample] as number;
    }
  }
  return memoryStream(
    [{ name: "raw", dataType: "float64", shape: [samples, channels], data: turned, axes: ["sample", "channel"] }],
    { chunking: [perChunk, channels] },
  );
}

/** What came out of a stream: arrays whole, ragged ones row by row, and numbers of tables by column. */
export interface SpikeOutcome {
  readonly header: DatasetStream["header"];
  readonly arrays: ReadonlyMap<string, number[]>;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly ragged: ReadonlyMap<string, number[][]>;
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, number[]>>;
}

/** Runs steps in this process and gathers what comes. */
export async function runSpikeSteps(
  stream: DatasetStream,
  calls: readonly (readonly [string, RawOptions?])[],
): Promise<SpikeOutcome> {
  const steps = calls.map(([name, parameters = {}]) => ({ name, parameters: { ...parameters } }));
  const plan = { steps, layers: KeptLayers.KEPT_LAYERS_NONE };
  return gatherSpikes(await analysis.apply(stream, plan, new AbortController().signal));
}

/** Everything of a stream of small arrays, sent in C order. */
export async function gatherSpikes({ header, frames }: DatasetStream): Promise<SpikeOutcome> {
  const arrays = new Map(header.arrays.filter(({ ragged }) => !ragged).map(({ name }) => [name, [] as number[]]));
  const shapes = new Map(header.arrays.map(({ name, axes }) => [name, axes.map(({ size }) => size ?? -1)]));
  const ragged = new Map(header.arrays.filter((spec) => spec.ragged).map(({ name }) => [name, [] as number[][]]));
  const tables = new Map<string, Map<string, number[]>>();
  for await (const { content } of frames) {
    const array = header.arrays.find(
      (spec) => content && "arrayId" in content.value && spec.arrayId === content.value.arrayId,
    );
    if (content?.$case === "chunk" && array) {
      const into = arrays.get(array.name) as number[];
      for (const value of asElements(array.dataType as DataType, content.value.data)) into.push(Number(value));
    } else if (content?.$case === "ragged" && array) {
      const rows = ragged.get(array.name) as number[][];
      for (const { unit, begins, seconds } of spikeRuns(array, content.value)) {
        if (begins) rows[unit] = [];
        rows[unit]?.push(...seconds);
      }
    } else if (content?.$case === "arrayEnd" && array) shapes.set(array.name, content.value.shape);
    else if (content?.$case === "batch") {
      const table = header.tables.find(({ tableId }) => tableId === content.value.tableId);
      const columns = tables.get(table?.name ?? "") ?? new Map<string, number[]>();
      for (const [index, column] of (table?.columns ?? []).entries()) {
        if (column.dataType === "string") continue;
        const data = content.value.columns[index]?.data ?? new Uint8Array(0);
        const values = Array.from(asElements(column.dataType as "float64", data), Number);
        columns.set(column.name, [...(columns.get(column.name) ?? []), ...values]);
      }
      tables.set(table?.name ?? "", columns);
    }
  }
  return { header, arrays, shapes, ragged, tables };
}
