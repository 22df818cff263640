// Loads a folder of KiloSort, exports it and prints what it took as one JSON line.
// usage: export-sorting.ts KILOSORT FORMAT FOLDER   FORMAT: kilosort, npz
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Stopwatch } from "@sluice/core";
import { kilosort, kilosortLoader } from "@sluice/kilosort";
import { npz } from "@sluice/npz";
import { openDirectorySink } from "@sluice/sink";

const [path = "", format = "", folder = ""] = process.argv.slice(2);
const { signal } = new AbortController();

const start = performance.now();
const stream = await kilosortLoader.load(path, {}, signal);
const sink = await openDirectorySink({ root: folder, directory: "", overwrite: true, sha256: false });
const context = {
  signal,
  jobId: "bench",
  name: "spikes",
  clock: new Stopwatch(),
  now: () => new Date(),
  uuid: () => "11111111-2222-4333-8444-555555555555",
};
if (format === "kilosort") await kilosort.export(stream, {}, sink, context);
else await npz.export(stream, { compressed: false }, sink, context);
const artifacts = await sink.prepare();
await sink.commit();
const seconds = (performance.now() - start) / 1000;

const sizeOf = async (name: string) => (await stat(name)).size;
const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
const bytes = sum(await Promise.all(["spike_times.npy", "spike_clusters.npy"].map((file) => sizeOf(join(path, file)))));
const stored = sum(await Promise.all(artifacts.map((artifact) => sizeOf(join(folder, artifact.path)))));
console.log(JSON.stringify({ seconds, bytes, stored, rss: process.resourceUsage().maxRSS * 1024 }));
