// `npm run bench`: ours against the peers in turn, in one run; writes docs/benchmarks.md. `npm run bench -- hdf5 ...` runs
// these sections alone and only prints them.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afmCases } from "./cases/afm.ts";
import { gifCases } from "./cases/gif.ts";
import { hdf5Cases, hdf5Memory } from "./cases/hdf5.ts";
import { memoryCase } from "./cases/memory.ts";
import { npzCases } from "./cases/npz.ts";
import { nwbCases } from "./cases/nwb.ts";
import { omeTiffCases } from "./cases/ome-tiff.ts";
import { spikeCases } from "./cases/spikes.ts";
import { thresholdCases } from "./cases/threshold.ts";
import { uploadCases } from "./cases/upload.ts";
import { machineFacts, tableOf } from "./document.ts";
import { type Peers, preparePeers } from "./prepare-peers.ts";

/** One part of the document. */
interface Section {
  readonly name: string;
  readonly title: string;
  /** What is compared, in words. */
  readonly text: string;
  /** Measures; gives a table or a sentence. */
  readonly body: (peers: Peers, scratch: string) => Promise<string>;
}

const sections: readonly Section[] = [
  {
    name: "upload",
    title: "Client to service",
    text: "Ours: Node client and service, frames numbered, a CRC-32C on every chunk, both ends checked. Peer: Python grpcio (C core), the same messages without checksums. Gateway: the same stream through one relay, against direct.",
    body: async (peers) => tableOf(await uploadCases(peers)),
  },
  {
    name: "ome-tiff",
    title: "OME-TIFF",
    text: "512 x 512 frames from memory into a file that is durable (fsync on both sides), both with two workers. \"tifffile alone\" is `pip install tifffile`, which compresses with Python's zlib; with imagecodecs it uses libdeflate. Ours without the artifact's SHA-256 unless the row says so.",
    body: async (peers, scratch) => tableOf(await omeTiffCases(peers, scratch)),
  },
  {
    name: "hdf5",
    title: "HDF5",
    text: "The library's `Hdf5Writer` into a directory sink, without the artifact's SHA-256, against h5py; 512 x 512 frames from memory, 1 MiB a call, a chunk a frame, gzip at h5py's level 4 and ours as the data decide; both files durable (fsync). h5py compresses on one core.",
    body: async (peers, scratch) =>
      [tableOf(await hdf5Cases(peers, scratch)), "", await hdf5Memory(peers, scratch)].join("\n"),
  },
  {
    name: "gif",
    title: "GIF",
    text: "200 annotated frames, 512 x 512 float32, colors from the 1st to the 99th percentile on both sides, from memory into a file that is durable. playNano has the whole stack in memory from the start, which is how it works; ours looks at it twice by way of the disk.",
    body: async (peers, scratch) => tableOf(await gifCases(peers, scratch)),
  },
  {
    name: "npz",
    title: "NPZ",
    text: "512 x 512 frames; whole processes, from their start to their end, against numpy.savez_compressed and numpy.savez.",
    body: async (peers, scratch) => tableOf(await npzCases(peers, scratch)),
  },
  {
    name: "afm",
    title: "A movie of an atomic force microscope, from one end to the other",
    text: "A real .asd repeated to 1,000 frames of 200 x 200, through `remove_plane` and `gaussian_filter` into OME-TIFF, NPZ, HDF5 and GIF at once: `sluice export` in one process against what `playnano process` does, without the import of Qt. Whole processes, each followed by a sync. MB of the four stacks that playNano keeps. playNano's GIF is enlarged to 512 x 512, ours is 200 x 200.",
    body: afmCases,
  },
  {
    name: "threshold",
    title: "Spikes by a threshold",
    text: "Raw traces of an .npy file, band-passed in both directions, to spike times: whole processes against SpikeLab's `from_thresholding`, which holds all traces in float64. Ours streams them and searches each channel when it is complete: in a file that holds one channel after the other, as SpikeLab takes it, without the disk. Mode spikelab gives SpikeLab's numbers.",
    body: async (peers, scratch) => tableOf(await thresholdCases(peers, scratch)),
  },
  {
    name: "nwb",
    title: "NWB",
    text: "Whole processes. Raw traces: int16 at 30 kHz from a file, 32 channels, against NeuroConv 0.10.2 with SpikeInterface's BinaryRecordingExtractor and NeuroConv's own defaults (gzip 4, chunks of 10 MB). Spikes: from a file, against pynwb 4.2 (add_unit for each unit, no compression) and SpikeLab's exporter, whose file pynwb cannot open. Ours checks the file against the schema; all files durable (fsync), ours without the artifact's SHA-256. BENCH_LONG=1 writes an hour.",
    body: async (peers, scratch) => tableOf(await nwbCases(peers, scratch)),
  },
  {
    name: "spikes",
    title: "Sorted spikes",
    text: "Whole processes, from their start to their end, against SpikeLab's exporters; both load SpikeLab's own ragged HDF5 file and leave files that are durable. KiloSort: SpikeLab's files, ours in order of time. Raster: 30,000 bins; SpikeLab's counts are int64, ours int32, which its loader reads alike. Most of SpikeLab's time is the import of its package. SpikeInterface 0.105.3 loads a folder of KiloSort with `read_kilosort` and saves the sorting, as ours loads and exports it; its `export_to_phy` is not compared, since it computes templates from raw traces that a sorting does not have.",
    body: async (peers, scratch) => tableOf(await spikeCases(peers, scratch)),
  },
  { name: "memory", title: "Memory", text: "", body: () => memoryCase() },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !sections.some((section) => section.name === name));
if (unknown.length > 0) {
  throw new Error(`No section ${unknown.join(", ")}; there are ${sections.map(({ name }) => name).join(", ")}.`);
}

const scratch = await mkdtemp(join(tmpdir(), "sluice-bench-"));
try {
  const peers = await preparePeers(scratch);
  const lines = [
    "# Benchmarks",
    "",
    "Written by `npm run bench`. Each row pairs ours with the peer in turn (A B A B …) in one run, after one run of each that does not count; rates are medians in MB of payload a second, the ratio is the median of the pairs. Absolute figures belong to this machine; the ratios are what counts.",
    "",
    await machineFacts(peers),
    "",
  ];
  for (const { name, title, text, body } of sections) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    lines.push(`## ${title}`, "", ...(text === "" ? [] : [text, ""]), await body(peers, scratch), "");
  }
  const document = lines.join("\n");
  if (wanted.length === 0) await writeFile(new URL("../docs/benchmarks.md", import.meta.url), document);
  console.log(document);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
