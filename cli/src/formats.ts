import { asdLoader, jpkLoader } from "@sluice/afm";
import { type Exporter, type Loader, lazyAnalysis, lazyExporter } from "@sluice/core";
import { hdf5Loader } from "@sluice/hdf5-service/loader";
import { kilosortLoader } from "@sluice/kilosort/loader";
import { npzLoader } from "@sluice/npz/loader";
import { nwbLoader } from "@sluice/nwb/loader";
import { omeTiffLoader } from "@sluice/ome-tiff/loader";

/** Every format that this process can write. */
export const exporters: readonly Exporter[] = [
  lazyExporter("ome-tiff", async () => (await import("@sluice/ome-tiff/exporter")).omeTiff),
  lazyExporter("hdf5", async () => (await import("@sluice/hdf5-service/exporter")).hdf5),
  lazyExporter("npz", async () => (await import("@sluice/npz/exporter")).npz),
  lazyExporter("kilosort", async () => (await import("@sluice/kilosort/exporter")).kilosort),
  lazyExporter("gif", async () => (await import("@sluice/gif/exporter")).gif),
  lazyExporter("pickle", async () => (await import("@sluice/pickle/exporter")).pickle),
  lazyExporter("nwb", async () => (await import("@sluice/nwb/exporter")).nwb),
];

/** Every format that this process can read, the most particular first. */
export const loaders: readonly Loader[] = [
  asdLoader,
  jpkLoader,
  omeTiffLoader,
  nwbLoader,
  hdf5Loader,
  kilosortLoader,
  npzLoader,
];

/** Every step that this process can run. */
export const analysis = lazyAnalysis(async () => (await import("@sluice/analysis")).analysis);
