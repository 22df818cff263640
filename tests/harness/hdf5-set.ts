import { copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatasetStream, RawOptions } from "@sluice/core";
import { memoryStream } from "@sluice/core/testing";
import { Hdf5Writer } from "@sluice/hdf5";
import { type ExpectedTree, expectedTree, randomTree, writeTree } from "@sluice/hdf5/testing";
import { exportToMemory, randomStream } from "@sluice/hdf5-service/testing";
import { openDirectorySink } from "@sluice/sink";
import { memorySink } from "@sluice/sink/testing";
import { smallTable, spikeStream } from "@sluice/spikes/testing";
import * as fc from "fast-check";
import { movie } from "./movies.ts";

/** A file that we wrote. */
export interface Hdf5File {
  readonly name: string;
  readonly path: string;
  /** What is in it, of a random tree. */
  readonly tree?: ExpectedTree;
}

const trees = 24;
const streams = 8;

/** Writes an HDF5 file of every kind that there is: of each profile and style, random ones, one with checkpoints. */
export async function writeHdf5Set(folder: string): Promise<Hdf5File[]> {
  const files: Hdf5File[] = [];
  const keep = (name: string, bytes: Uint8Array, parts: Partial<Hdf5File> = {}) => {
    const path = join(folder, `${name}.h5`);
    writeFileSync(path, bytes);
    files.push({ name, path, ...parts });
  };
  for (const { name, stream, options } of hdf5Exports()) keep(name, (await exportToMemory(stream, options)).bytes);
  for (const [index, tree] of fc.sample(randomTree, { seed: 23, numRuns: trees }).entries()) {
    const sink = memorySink();
    const file = new Hdf5Writer(await sink.create("a.h5", "application/x-hdf5"));
    await writeTree(file, tree);
    await file.close();
    keep(`tree-${index}`, sink.files.get("a.h5") as Uint8Array, { tree: expectedTree(tree) });
  }
  return [...files, ...(await checkpointed(folder))];
}

/** A stream and the options for it. */
export interface Hdf5Export {
  readonly name: string;
  readonly stream: DatasetStream;
  readonly options: RawOptions;
}

/** One of every profile and style, and random streams. */
export function hdf5Exports(): Hdf5Export[] {
  const some = fc.sample(randomStream, { seed: 23, numRuns: streams });
  const size = { frames: 7, height: 60, width: 70 };
  const profile = "generic";
  const styles = ["ragged", "raster", "group", "paired"] as const;
  return [
    { name: "movie-for-playnano", stream: movie(size), options: {} },
    { name: "movie", stream: movie(size), options: { profile } },
    { name: "movie-level-9", stream: movie({ ...size, dataType: "float32" }), options: { profile, level: 9 } },
    {
      name: "movie-plain",
      stream: movie({ ...size, unknownLength: true }),
      options: { profile, compression: "none", chunkShape: [2, 32, 32] },
    },
    ...some.map((stream, index) => ({ name: `stream-${index}`, stream, options: { profile } })),
    { name: "playnano", stream: bundle(), options: { profile: "playnano" } },
    ...styles.map((style) => ({
      name: `spikelab-${style}`,
      stream: recording(),
      options: { profile: "spikelab", style },
    })),
  ];
}

/** A stack with its raw data and a mask. */
function bundle(): DatasetStream {
  const shape = [3, 5, 4];
  const axes = ["t", { name: "y", unit: "nanometer", scale: 2 }, { name: "x", unit: "nanometer", scale: 2 }];
  const values = Float32Array.from({ length: 60 }, (_, index) => Math.sin(index));
  const arrays = [
    { name: "image", dataType: "float32" as const, shape, data: values, axes },
    { name: "processed/raw", dataType: "float32" as const, shape, data: values.map((value) => 2 * value), axes },
    { name: "masks/grains", dataType: "bool" as const, shape, data: Uint8Array.from(values, (v) => +(v > 0)), axes },
  ];
  const layers = [{ name: "raw", array: "processed/raw" }];
  return memoryStream(arrays, { imageStack: { layers, maskArrays: ["masks/grains"], channels: [{ name: "height" }] } });
}

function recording(): DatasetStream {
  const units = [[], [0.005, 0.01], [0.0072], []];
  const cells = smallTable("units", 1, { depth: [1.5, null, 3, 4], area: ["V1", "µ", null, ""] });
  const spikes = { durationSeconds: 0.02, samplingRateHz: 20_000, unitsTable: "units" };
  return spikeStream(units, { spikes, tables: [cells] });
}

/** Rows that grow between checkpoints: what a killed writer would have left, and the file in the end. */
async function checkpointed(folder: string): Promise<Hdf5File[]> {
  const sink = await openDirectorySink({ root: folder, directory: "", overwrite: false, sha256: false });
  const file = new Hdf5Writer(await sink.create("checkpointed.h5", "application/x-hdf5"));
  const options = { shape: [0, 30], maxShape: [null, 30], chunks: [4, 30], shuffle: true, deflate: 4 } as const;
  const rows = file.root.createDataset("rows", { type: "uint16", ...options });
  const names = file.root.createDataset("names", { type: "text", shape: [0], maxShape: [null] });
  for (let row = 0; row < 50; row++) {
    await rows.append(Uint16Array.from({ length: 30 }, (_, column) => row * column));
    await names.append([`µ${row}`]);
    if (row % 7 === 0) await file.checkpoint();
  }
  await file.flush();
  const part = readdirSync(folder).find((name) => name.endsWith(".part")) as string;
  copyFileSync(join(folder, part), join(folder, "left.h5"));
  file.root.attributes.set("rows", 50, "int32");
  await file.close();
  await sink.prepare();
  await sink.commit();
  return ["left", "checkpointed"].map((name) => ({ name, path: join(folder, `${name}.h5`) }));
}
