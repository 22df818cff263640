import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Analysis, DatasetStream, Exporter } from "@sluice/core";
import { memoryStream } from "@sluice/core/testing";
import {
  type Branch,
  Delivery,
  ExportOpen,
  type ExportResponse,
  type ExportSummary,
  type Problem,
} from "@sluice/proto";
import { type CallLimits, ExportClient, problemOf, sendExport } from "@sluice/transport";
import { type Environment, readConfiguration } from "../configuration.ts";
import { createLogger } from "../logs.ts";
import { type RunningService, serve } from "../serve.ts";
import { serviceEndpoint } from "../tls.ts";
import { fakeExporter } from "./fake-exporter.ts";

/** A service of this process on a free port, with a client of it and what it logged. */
export interface Harness extends AsyncDisposable {
  readonly service: RunningService;
  readonly client: ExportClient;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Waits until a line with this message was logged. */
  logged(message: string): Promise<Readonly<Record<string, unknown>>>;
}

/** Serves exporters with these settings. */
export async function harness(
  settings: Environment = {},
  exporters: readonly Exporter[] = [fakeExporter()],
  analysis?: Analysis,
): Promise<Harness> {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger("fake", "debug", { write: (line) => void lines.push(JSON.parse(line)) });
  const configuration = readConfiguration({ SLUICE_PORT: "0", ...settings });
  const service = await serve({ name: "fake", exporters, analysis, configuration, log });
  const client = new ExportClient(serviceEndpoint(configuration, service.address));
  return {
    service,
    client,
    lines,
    logged: async (message) => {
      const find = () => lines.find((line) => line.msg === message);
      await until(() => find() !== undefined);
      return find()!;
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await service.stop(0);
    },
  };
}

/** Two frames of 2 x 3 bytes, 0 to 11. */
export function smallStream(name = "small"): DatasetStream {
  const data = Uint8Array.from({ length: 12 }, (_, index) => index);
  return memoryStream([{ name: "image", dataType: "uint8", shape: [2, 2, 3], data }], { dataset: { name } });
}

/** A branch that delivers inline. */
export function inlineBranch(branchId: string, options: Record<string, unknown> = {}, name = ""): Branch {
  const delivery = Delivery.create({ target: { $case: "inline", value: {} }, name });
  return { branchId, format: "raw", options, delivery };
}

/** A branch that delivers into a directory. */
export function directoryBranch(branchId: string, directory: string, options: Record<string, unknown> = {}): Branch {
  const target = { $case: "directory", value: { directory, overwrite: false } } as const;
  return { branchId, format: "raw", options, delivery: Delivery.create({ target }) };
}

/** A branch that delivers into an object store. */
export function objectBranch(branchId: string, url: string): Branch {
  const target = { $case: "objectStore", value: { url, overwrite: false } } as const;
  return { branchId, format: "raw", options: {}, delivery: Delivery.create({ target }) };
}

export function openOf(branches: readonly Branch[], more: Partial<ExportOpen> = {}): ExportOpen {
  return ExportOpen.create({ jobId: "job-1", branches: [...branches], ...more });
}

/** What came back from an Export call. */
export interface Outcome {
  readonly events: readonly ExportResponse[];
  /** Why the call's status was not OK. */
  readonly problem: Problem | undefined;
  readonly summary: ExportSummary | undefined;
}

/** Sends a whole stream and waits for the end of the call. */
export async function exportThrough(
  client: ExportClient,
  open: ExportOpen,
  stream: DatasetStream = smallStream(),
  limits: CallLimits = {},
): Promise<Outcome> {
  const call = client.export(limits);
  const events: ExportResponse[] = [];
  const ended = new Promise<Problem | undefined>((resolve) => {
    call.on("data", (event: ExportResponse) => events.push(event));
    call.on("error", (error) => resolve(problemOf(error)));
    // "status" comes as soon as the trailers do, the last responses may still be unread; "end" comes after them.
    call.on("status", ({ code }) => code === 0 && call.on("end", () => resolve(undefined)));
  });
  const [problem] = await Promise.all([ended, sendExport(call, open, stream)]);
  const last = events.at(-1)?.event;
  return { events, problem, summary: last?.$case === "summary" ? last.value : undefined };
}

/** The bytes of a branch's artifacts by path, as they came back inline. */
export function inlineArtifacts(events: readonly ExportResponse[], branchId: string): Record<string, Uint8Array> {
  const paths = new Map<number, string>();
  const artifacts: Record<string, Uint8Array> = {};
  for (const { event } of events.filter((response) => response.branchId === branchId)) {
    if (event?.$case === "artifactBegin") {
      paths.set(event.value.artifactId, event.value.path);
      artifacts[event.value.path] = new Uint8Array();
    }
    if (event?.$case === "artifactChunk") {
      const path = paths.get(event.value.artifactId)!;
      const before = artifacts[path]!;
      const after = new Uint8Array(Math.max(before.length, event.value.offset + event.value.data.length));
      after.set(before);
      after.set(event.value.data, event.value.offset);
      artifacts[path] = after;
    }
  }
  return artifacts;
}

/** A stream that stops after its first frame until it is opened. */
export function gatedStream(): { stream: DatasetStream; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const { header, frames } = smallStream();
  async function* gated() {
    for await (const frame of frames) {
      yield frame;
      await opened;
    }
  }
  return { stream: { header, frames: gated() }, open };
}

/** A folder that goes away again. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "sluice-service-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/**
 * Names of all files below a folder, unfinished ones as well. A folder that the service removes while it is listed makes
 * it look again.
 */
export async function filesOf(root: string): Promise<string[]> {
  for (;;) {
    try {
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || !existsSync(root)) throw error;
    }
  }
}

/** Waits until it is so. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}
