import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  asBytes,
  type DatasetStream,
  type ExportContext,
  type Findings,
  type RawOptions,
  Stopwatch,
} from "@sluice/core";
import { npyBytes } from "@sluice/npy";
import { memorySink } from "@sluice/sink/testing";
import { kilosort } from "../exporter.ts";

/** Files of a folder by name. */
export type Files = Readonly<Record<string, Uint8Array | string>>;

/** Exports a stream to memory. */
export async function exported(
  stream: DatasetStream,
  options: RawOptions = {},
): Promise<{ readonly files: Record<string, Uint8Array>; readonly findings: Findings }> {
  const sink = memorySink();
  const context: ExportContext = {
    signal: new AbortController().signal,
    jobId: "job",
    name: "session",
    clock: new Stopwatch(),
    now: () => new Date("2026-01-02T03:04:05.678Z"),
    uuid: () => "11111111-2222-4333-8444-555555555555",
  };
  const findings = await kilosort.export(stream, options, sink, context);
  await sink.prepare();
  const files = Object.fromEntries([...sink.files].map(([path, bytes]) => [path.replace(/^session\//, ""), bytes]));
  return { files, findings };
}

/** Runs `work` on a folder of these files, which is gone afterwards. */
export async function withFolder<T>(files: Files, work: (folder: string) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), "sluice-kilosort-"));
  const folder = join(root, "session");
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    return await work(folder);
  } finally {
    await rm(root, { recursive: true });
  }
}

/** Integers as an .npy file. */
export function integers(...values: number[]): Uint8Array {
  return npyBytes("<i8", [values.length], asBytes(BigInt64Array.from(values, BigInt)));
}

/** Integers of 32 bits as an .npy file. */
export function shortIntegers(values: readonly number[], shape: readonly number[] = [values.length]): Uint8Array {
  return npyBytes("<i4", shape, asBytes(Int32Array.from(values)));
}

/** Numbers of single precision as an .npy file. */
export function singles(values: readonly number[], shape: readonly number[] = [values.length]): Uint8Array {
  return npyBytes("<f4", shape, asBytes(Float32Array.from(values)));
}

/** Numbers as an .npy file. */
export function floats(values: readonly number[], shape: readonly number[] = [values.length]): Uint8Array {
  return npyBytes("<f8", shape, asBytes(Float64Array.from(values)));
}

/** What an .npy file of numbers holds. */
export function parsed(bytes: Uint8Array | undefined): { descr: string; shape: number[]; values: number[] } {
  if (!bytes) throw new Error("There is no such file.");
  const buffer = Buffer.from(bytes);
  const length = buffer.readUInt16LE(8);
  const header = buffer.toString("latin1", 10, 10 + length);
  const descr = /'descr': '([^']+)'/.exec(header)?.[1] ?? "";
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? "").split(",").filter((text) => text.trim() !== "");
  const data = bytes.slice(10 + length).buffer;
  const lists = { "<i8": BigInt64Array, "<i4": Int32Array, "<f4": Float32Array, "<f8": Float64Array } as const;
  const values = Array.from(new lists[descr as keyof typeof lists](data) as ArrayLike<number | bigint>, Number);
  return { descr, shape: shape.map(Number), values };
}
