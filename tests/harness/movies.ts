import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type DatasetStream, type DataType, itemSize, type RawOptions, runJob } from "@sluice/core";
import { memoryStream } from "@sluice/core/testing";
import { omeTiff } from "@sluice/ome-tiff";
import { type ExportSummary, FailurePolicy } from "@sluice/proto";
import { openDirectorySink } from "@sluice/sink";
import { pixelBytes } from "./pixels.ts";

/** A movie of noise over waves: [t, y, x] with pixels of 2.5 nm and 0.5 s between frames. */
export interface MovieSize {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly dataType?: DataType;
  readonly seed?: number;
  readonly name?: string;
  /** The number of frames is told at the end. */
  readonly unknownLength?: boolean;
}

/** Elements after which the pixels of {@link movie} come again: a prime, so that no two frames are alike. */
const period = 65_537;

/** The pixels of {@link movie}, little endian, C order. */
export function movieBytes({ frames, height, width, dataType = "uint16", seed = 1 }: MovieSize): Uint8Array {
  const count = frames * height * width;
  const pattern = pixelBytes(dataType, Math.min(count, period), seed);
  return Buffer.alloc(count * itemSize[dataType], pattern);
}

/** A movie in memory as a stream, one chunk a frame. */
export function movie(size: MovieSize): DatasetStream {
  const { frames, height, width, dataType = "uint16", name = "movie", unknownLength = false } = size;
  const axes = [
    { name: "t", unit: "second", scale: 0.5 },
    { name: "y", unit: "nanometer", scale: 2.5 },
    { name: "x", unit: "nanometer", scale: 2.5 },
  ];
  const image = { name: "image", dataType, shape: [frames, height, width], data: movieBytes(size), axes };
  return memoryStream([image], {
    imageStack: { modality: "atomic force microscopy", channels: [{ name: "height" }] },
    dataset: { name },
    unknownLength,
  });
}

/** Writes a stream as `NAME.ome.tif` with the code under test, in this process. */
export async function writeOmeTiff(
  stream: DatasetStream,
  folder: string,
  name: string,
  options: RawOptions = {},
): Promise<{ path: string; summary: ExportSummary }> {
  const sink = await openDirectorySink({ root: folder, directory: "", overwrite: false, sha256: true });
  const job = {
    jobId: randomUUID(),
    branches: [{ branchId: "tiff", exporter: omeTiff, options, sink, name }],
    failurePolicy: FailurePolicy.FAILURE_POLICY_ABORT_ALL,
  };
  const summary = await runJob(stream, job, {
    signal: new AbortController().signal,
    now: () => new Date(),
    uuid: randomUUID,
  });
  return { path: join(folder, `${name}.ome.tif`), summary };
}
