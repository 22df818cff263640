// Writes an HDF5 file with the library and prints what it took as one JSON line.
// usage: write-hdf5.ts JOB RAW COUNT FOLDER, JOB as in cases/hdf5.ts
import { readFileSync } from "node:fs";
import { type GroupWriter, Hdf5Writer } from "@sluice/hdf5";
import { openDirectorySink } from "@sluice/sink";
import { frameEdge } from "./frames.ts";

const [job = "", raw = "", count = "", folder = ""] = process.argv.slice(2);
const itemBytes = { uint16: 2, float32: 4, bool: 1 } as const;
const pieceBytes = 2 ** 20;

/** Appends frames a MiB at a time; returns the bytes. */
async function writeStack(root: GroupWriter, pool: Uint8Array, frames: number): Promise<number> {
  const [type, filter] = job.split(" ") as [keyof typeof itemBytes, string];
  const movie = root.createDataset("movie", {
    type,
    shape: [0, frameEdge, frameEdge],
    maxShape: [null, frameEdge, frameEdge],
    chunks: [1, frameEdge, frameEdge],
    ...(filter === "none" ? {} : { deflate: "adaptive", shuffle: filter === "shuffle" }),
  });
  const frameBytes = frameEdge * frameEdge * itemBytes[type];
  const framesAtOnce = pieceBytes / frameBytes;
  const distinct = pool.length / frameBytes;
  for (let frame = 0; frame < frames; frame += framesAtOnce) {
    const start = (frame % distinct) * frameBytes;
    await movie.append(pool.subarray(start, start + pieceBytes));
  }
  return frames * frameBytes;
}

/** Many datasets of 100 numbers each. */
async function writeSmall(root: GroupWriter, datasets: number): Promise<number> {
  const values = Float64Array.from({ length: 100 }, (_, index) => index / 7);
  for (let index = 0; index < datasets; index++) await root.writeDataset(`trial_${index}`, values);
  return datasets * values.byteLength;
}

/** Many groups, each with an integer, a float, a text, a boolean and three floats. */
async function writeGroups(root: GroupWriter, groups: number): Promise<number> {
  for (let index = 0; index < groups; index++) {
    const { attributes } = root.createGroup(`unit_${index}`);
    attributes.set("id", index, "int64");
    attributes.set("rate", index / 7, "float64");
    attributes.set("label", `unit ${index}`);
    attributes.set("good", index % 2 === 0);
    attributes.set("position", Float64Array.of(index, index + 1, index + 2));
  }
  return groups * (8 + 8 + 10 + 1 + 24);
}

async function write(root: GroupWriter): Promise<number> {
  if (job === "small") return writeSmall(root, Number(count));
  if (job === "groups") return writeGroups(root, Number(count));
  return writeStack(root, pool, Number(count));
}

const pool = raw === "" ? new Uint8Array(0) : readFileSync(raw);
const start = performance.now();
const sink = await openDirectorySink({ root: folder, directory: "", overwrite: true, sha256: false });
const file = new Hdf5Writer(await sink.create("ours.h5", "application/x-hdf5"));
const bytes = await write(file.root);
await file.close();
const [artifact] = await sink.prepare();
await sink.commit();
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ seconds, bytes, stored: artifact?.size, rss: process.resourceUsage().maxRSS * 1024 }));
