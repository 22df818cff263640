// Searches synthetic raw traces of int16 for spikes and says as JSON what it took: LAYOUT CHANNELS SAMPLES.
import { analysis } from "@sluice/analysis";
import { asBytes, chunkFrame } from "@sluice/core";
import { ArraySpec, DatasetSpec, type Frame, KeptLayers } from "@sluice/proto";
import { peakMemoryBytes } from "../memory.ts";

const [layout = "", ...sizes] = process.argv.slice(2);
const [channels = 0, samples = 0] = sizes.map(Number);
const shape = layout === "samples-first" ? [samples, channels] : [channels, samples];
const [rows = 0, columns = 0] = shape;
const rowsPerChunk = Math.ceil(2 ** 19 / columns);
const noise = asBytes(Int16Array.from({ length: 2 ** 21 }, (_, index) => 30 * Math.sin(index * index)));

async function* chunks(): AsyncGenerator<Frame> {
  for (let row = 0; row < rows; row += rowsPerChunk) {
    const count = Math.min(rowsPerChunk, rows - row);
    const length = 2 * count * columns;
    const start = 2 * ((row * 7919) % (2 ** 21 - length / 2));
    yield chunkFrame({
      arrayId: 1,
      offset: [row, 0],
      shape: [count, columns],
      data: noise.subarray(start, start + length),
    });
  }
}

const axes = shape.map((size, index) => ({ name: `axis_${index}`, size }));
const header = {
  dataset: DatasetSpec.fromPartial({ name: "traces" }),
  arrays: [ArraySpec.fromPartial({ arrayId: 1, name: "raw", dataType: "int16", axes })],
  tables: [],
};
const steps = [{ name: "spikes.threshold", parameters: { layout, samplingRateHz: 20_000, sigma: 3 } }];
const plan = { steps, layers: KeptLayers.KEPT_LAYERS_NONE };
const { frames } = await analysis.apply({ header, frames: chunks() }, plan, new AbortController().signal);
let [rawBytes, events] = [0, 0];
for await (const { content } of frames) {
  if (content?.$case === "chunk") rawBytes += content.value.data.length;
  if (content?.$case === "ragged") events += content.value.data.length / 16;
}
console.log(JSON.stringify({ rawBytes, events, peakBytes: peakMemoryBytes(process.pid) }));
