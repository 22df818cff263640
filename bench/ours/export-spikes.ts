// Loads spikes of an HDF5 file of SpikeLab, exports them and prints what it took as one JSON line.
// usage: export-spikes.ts H5 STYLE FOLDER   STYLE: kilosort, pickle, ragged, group, paired, raster
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Stopwatch } from "@sluice/core";
import { hdf5, hdf5Loader } from "@sluice/hdf5-service";
import { kilosort } from "@sluice/kilosort";
import { openDirectorySink } from "@sluice/sink";

const [path = "", style = "", folder = ""] = process.argv.slice(2);
const { signal } = new AbortController();

const start = performance.now();
const stream = await hdf5Loader.load(path, {}, signal);
const sink = await openDirectorySink({ root: folder, directory: "", overwrite: true, sha256: false });
const context = {
  signal,
  jobId: "bench",
  name: "spikes",
  clock: new Stopwatch(),
  now: () => new Date(),
  uuid: () => "11111111-2222-4333-8444-555555555555",
};
if (style === "kilosort") {
  await kilosort.export(stream, { profile: "spikelab", samplingRateHz: 30_000 }, sink, context);
} else if (style === "pickle") {
  const { pickle } = await import("@sluice/pickle");
  await pickle.export(stream, { profile: "spikelab" }, sink, context);
} else {
  const bins = style === "raster" ? { rasterBinMs: 20 } : {};
  await hdf5.export(stream, { profile: "spikelab", compression: "none", style, ...bins }, sink, context);
}
const artifacts = await sink.prepare();
await sink.commit();
const seconds = (performance.now() - start) / 1000;

const bytes = (await stat(path)).size;
const sizes = await Promise.all(artifacts.map(async (artifact) => (await stat(join(folder, artifact.path))).size));
const stored = sizes.reduce((sum, size) => sum + size, 0);
console.log(JSON.stringify({ seconds, bytes, stored, rss: process.resourceUsage().maxRSS * 1024 }));
