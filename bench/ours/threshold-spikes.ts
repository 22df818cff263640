// Finds spikes in raw traces [channel, sample] of an .npy file and prints what it took as one JSON line.
// usage: threshold-spikes.ts NPY RATE_HZ MODE
import { analysis } from "@sluice/analysis";
import { npzLoader } from "@sluice/npz";
import { KeptLayers } from "@sluice/proto";

const [path = "", rate = "", mode = ""] = process.argv.slice(2);
const { signal } = new AbortController();

const start = performance.now();
const stream = await npzLoader.load(path, {}, signal);
const parameters = { mode, samplingRateHz: Number(rate), layout: "channels-first", keepRaw: false };
const plan = { steps: [{ name: "spikes.threshold", parameters }], layers: KeptLayers.KEPT_LAYERS_NONE };
const { header, frames } = await analysis.apply(stream, plan, signal);
const times = header.arrays.find(({ name }) => name === header.dataset.spikeTrains[0]?.timesArray);
let spikes = 0;
for await (const { content } of frames) {
  if (content?.$case === "ragged" && content.value.arrayId === times?.arrayId) spikes += content.value.data.length / 8;
}
const seconds = (performance.now() - start) / 1000;

const bytes = stream.header.arrays[0]?.axes.reduce((product, axis) => product * (axis.size ?? 0), 2) ?? 0;
console.log(JSON.stringify({ seconds, bytes, stored: spikes, rss: process.resourceUsage().maxRSS * 1024 }));
