// Writes an NWB file and prints what it took as one JSON line.
// usage: write-nwb.ts raw RAW CHANNELS FOLDER   raw traces of int16 [sample, channel] at 30 kHz
//        write-nwb.ts units SPIKES UNITS FOLDER  spike times of float64, as many for each unit
import { randomUUID } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { chunkFrame, type DatasetStream, Stopwatch } from "@sluice/core";
import { nwb } from "@sluice/nwb";
import { ArraySpec, DatasetSpec, type Frame, SpikeTrains } from "@sluice/proto";
import { openDirectorySink } from "@sluice/sink";

const [job = "", path = "", count = "", folder = ""] = process.argv.slice(2);
const rateHz = 30_000;
const pieceBytes = 2 ** 20;

async function* pieces(): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    for (;;) {
      const piece = new Uint8Array(pieceBytes);
      const { bytesRead } = await file.read(piece, 0, pieceBytes);
      if (bytesRead === 0) return;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Channels must be a power of two, so that pieces are whole samples. */
function recording(channels: number, bytes: number): DatasetStream {
  const samples = bytes / (2 * channels);
  const times = ArraySpec.fromPartial({
    arrayId: 1,
    name: "times",
    dataType: "float64",
    ragged: true,
    axes: [{ name: "unit", size: 0 }],
  });
  const raw = ArraySpec.fromPartial({
    arrayId: 2,
    name: "raw",
    dataType: "int16",
    unit: "uV",
    valueScale: 0.195,
    axes: [
      { name: "sample", size: samples, unit: "second", scale: 1 / rateHz },
      { name: "channel", size: channels },
    ],
  });
  return { header: { dataset: datasetOf({ rawArray: "raw" }), arrays: [times, raw], tables: [] }, frames: frames() };

  async function* frames(): AsyncGenerator<Frame> {
    let first = 0;
    for await (const data of pieces()) {
      const rows = data.length / (2 * channels);
      yield chunkFrame({ arrayId: 2, offset: [first, 0], shape: [rows, channels], data });
      first += rows;
    }
  }
}

function units(size: number, bytes: number): DatasetStream {
  const each = bytes / 8 / size;
  const times = ArraySpec.fromPartial({
    arrayId: 1,
    name: "times",
    dataType: "float64",
    ragged: true,
    axes: [{ name: "unit", size }],
  });
  return { header: { dataset: datasetOf({ durationSeconds: 3600 }), arrays: [times], tables: [] }, frames: frames() };

  async function* frames(): AsyncGenerator<Frame> {
    const file = await open(path);
    const rows = Math.max(1, Math.floor(pieceBytes / (8 * each)));
    for (let firstRow = 0; firstRow < size; firstRow += rows) {
      const rowLengths = Array.from({ length: Math.min(rows, size - firstRow) }, () => each);
      const data = new Uint8Array(8 * each * rowLengths.length);
      await file.read(data);
      yield {
        sequence: 0,
        content: { $case: "ragged", value: { arrayId: 1, firstRow, rowLengths, elementOffset: 0, data } },
      };
    }
    await file.close();
  }
}

function datasetOf(spikes: Partial<SpikeTrains>): DatasetSpec {
  return DatasetSpec.fromPartial({
    name: "bench",
    sessionStartTime: new Date("2025-11-01T09:30:00Z"),
    spikeTrains: [SpikeTrains.fromPartial({ timesArray: "times", samplingRateHz: rateHz, ...spikes })],
  });
}

const start = performance.now();
const { size: bytes } = await stat(path);
const stream = job === "raw" ? recording(Number(count), bytes) : units(Number(count), bytes);
const sink = await openDirectorySink({ root: folder, directory: "", overwrite: true, sha256: false });
const { signal } = new AbortController();
const context = {
  signal,
  jobId: "bench",
  name: "ours",
  clock: new Stopwatch(),
  now: () => new Date(),
  uuid: randomUUID,
};
await nwb.export(stream, {}, sink, context);
const [artifact] = await sink.prepare();
await sink.commit();
const seconds = (performance.now() - start) / 1000;
const rss = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ seconds, bytes, stored: artifact?.size, rss }));
