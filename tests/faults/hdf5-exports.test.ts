import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import { type ArtifactSink, type ArtifactWriter, Code, runJob, SluiceError } from "@sluice/core";
import { withHdf5 } from "@sluice/hdf5";
import { hdf5 } from "@sluice/hdf5-service";
import { ExportState, FailurePolicy } from "@sluice/proto";
import { openDirectorySink } from "@sluice/sink";
import { ExportClient } from "@sluice/transport";
import { testUnless } from "../harness/availability.ts";
import { eventually } from "../harness/eventually.ts";
import { contentsOf, filesOf } from "../harness/folder.ts";
import { type Hdf5Export, hdf5Exports } from "../harness/hdf5-set.ts";
import { movie, movieBytes, writeOmeTiff } from "../harness/movies.ts";
import { randomNumbers } from "../harness/pixels.ts";
import { encodeCall, intoDirectory, openFor, readAnswer, sendMessages } from "../harness/raw-call.ts";
import { useScratch } from "../harness/scratch.ts";
import { startService } from "../harness/service.ts";
import { sluice, startSluice, withLines } from "../harness/sluice.ts";
import { smallDisk } from "../harness/small-disk.ts";
import { openValve } from "../harness/valve.ts";

jest.setTimeout(120_000);
const scratch = useScratch(() => unmount());
const { disk, obstacle, unmount } = smallDisk(scratch.fresh("disk"));
const random = randomNumbers(5);
const mebibyte = 1024 * 1024;
const size = { frames: 24, height: 512, width: 512 };
const frameBytes = 512 * 512 * 2;
const payload = size.frames * frameBytes;
const plain = { profile: "generic", compression: "none", chunkShape: [1, 512, 512] };
const before = "the recording of yesterday";
let input = "";

beforeAll(async () => {
  input = (await writeOmeTiff(movie(size), scratch.fresh(), "movie", { compression: "none" })).path;
});

function usedFolder(): string {
  const out = scratch.fresh();
  writeFileSync(join(out, "movie.h5"), before);
  return out;
}

describe("kill -9 of the service after any number of bytes leaves the caller's folder as it was", () => {
  const rounds = Array.from({ length: 4 }, () => ({ at: Math.floor(random() * payload) }));
  test.each(rounds)("$at bytes", async ({ at }) => {
    const service = await startService("hdf5");
    await using valve = await openValve(service.address);
    const out = usedFolder();
    const contents = contentsOf(out);
    valve.shutAfter(at);
    const parameters = ["--to", "hdf5", "--overwrite", "--json", "--out", out, "--gateway", valve.address];
    const child = startSluice(["export", input, ...parameters]);
    await valve.shut();
    service.process.kill();
    const { code, lines } = withLines(await child.ended);
    expect(code).toBe(1);
    expect(JSON.stringify(lines.at(-1))).toContain('"reason":"SERVICE_UNAVAILABLE"');
    expect(contentsOf(out)).toEqual(contents);
  });
});

describe("kill -9 of a service that writes into its own folder", () => {
  /** Sends so many frames, waits until so many bytes are on the disk, kills; gives what is left. */
  async function killed(options: object, frames: number, bytes: number): Promise<string> {
    const root = scratch.fresh("root");
    writeFileSync(join(root, "movie.h5"), before);
    const service = await startService("hdf5", { SLUICE_OUTPUT_ROOT: root });
    const client = new ExportClient({ address: service.address });
    try {
      const branch = { delivery: intoDirectory("movie", "", true), options: { ...plain, ...options }, format: "hdf5" };
      const messages = await encodeCall(openFor({ h5: branch }), movie(size));
      const call = client.export();
      const answer = readAnswer(call);
      // The opening message, the header's two and the end stand around the frames.
      const last = messages.length - size.frames - 1 + frames;
      for (const message of messages.slice(0, last)) call.write(message);
      const part = await eventually("the service writes", () => {
        const name = readdirSync(root).find((found) => /^\.movie\.h5\..+\.part$/.test(found));
        return name !== undefined && statSync(join(root, name)).size >= bytes && join(root, name);
      });
      service.process.kill();
      expect((await answer).problem?.reason).toBe("SERVICE_UNAVAILABLE");
      expect(readFileSync(join(root, "movie.h5"), "utf8")).toBe(before);
      expect(readdirSync(root)).toHaveLength(2);
      return part;
    } finally {
      client.close();
    }
  }

  const rounds = [1, 2, 5].map((checkpointMiB) => ({ checkpointMiB, frames: 14 + Math.floor(random() * 10) }));
  test.each(rounds)("with checkpointMiB=$checkpointMiB: the part holds the first frames", async (round) => {
    const { checkpointMiB, frames } = round;
    const part = await killed({ checkpointMiB }, frames, (frames - 4) * frameBytes);
    const values = movieBytes(size);
    await withHdf5(part, async (file) => {
      const dataset = await file.dataset("arrays/image");
      const [rows = 0] = dataset.shape ?? [];
      expect(rows).toBeGreaterThanOrEqual(frames - 4 - Math.ceil((2 * checkpointMiB * mebibyte) / frameBytes));
      expect(rows).toBeLessThanOrEqual(frames);
      expect(Buffer.compare(await dataset.read(), values.subarray(0, rows * frameBytes))).toBe(0);
    });
  });

  test("without checkpoints: the part is no HDF5 file", async () => {
    const part = await killed({}, 10, 4 * mebibyte);
    expect(readFileSync(part).subarray(0, 96).equals(Buffer.alloc(96))).toBe(true);
    const { code, stderr } = await sluice(["info", part]);
    expect(code).not.toBe(0);
    expect(stderr).not.toBe("");
  });
});

/** Lets so many writes through, then there is no room; counts those that came. */
function narrow(sink: ArtifactSink, most: number): ArtifactSink & { readonly writes: number } {
  let writes = 0;
  const take = () => {
    writes += 1;
    if (writes > most)
      throw new SluiceError({ reason: "DISK_FULL", message: "No room.", grpcCode: Code.RESOURCE_EXHAUSTED });
  };
  const narrowed = (writer: ArtifactWriter): ArtifactWriter => ({
    get position() {
      return writer.position;
    },
    write: async (bytes) => {
      take();
      await writer.write(bytes);
    },
    rewriteHead: async (bytes) => {
      take();
      await writer.rewriteHead(bytes);
    },
    close: (details) => writer.close(details),
  });
  return {
    create: async (...parameters) => narrowed(await sink.create(...parameters)),
    prepare: () => sink.prepare(),
    commit: () => sink.commit(),
    discard: (reason) => sink.discard(reason),
    get writes() {
      return writes;
    },
  };
}

async function exportNarrowly({ name, stream, options }: Hdf5Export, root: string, most: number) {
  const sink = narrow(await openDirectorySink({ root, directory: "", overwrite: true, sha256: true }), most);
  const job = {
    jobId: randomUUID(),
    branches: [{ branchId: "h5", exporter: hdf5, options, sink, name }],
    failurePolicy: FailurePolicy.FAILURE_POLICY_CONTINUE,
  };
  const context = { signal: new AbortController().signal, now: () => new Date(), uuid: randomUUID };
  const { state, branches } = await runJob(stream, job, context);
  return { state, reason: branches[0]?.error?.reason, writes: sink.writes };
}

test.each(hdf5Exports())("whichever write of $name finds no room, the folder stays as it was", async (wish) => {
  const root = scratch.fresh();
  writeFileSync(join(root, `${wish.name}.h5`), before);
  const contents = contentsOf(root);
  const { state, writes } = await exportNarrowly(wish, scratch.fresh(), Number.POSITIVE_INFINITY);
  expect(state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
  expect(writes).toBeGreaterThanOrEqual(2);
  for (let most = 0; most < writes; most++) {
    const outcome = await exportNarrowly(wish, root, most);
    expect({ most, ...outcome }).toMatchObject({ most, state: ExportState.EXPORT_STATE_FAILED, reason: "DISK_FULL" });
    expect(contentsOf(root)).toEqual(contents);
  }
});

describe("a disk of 8 MiB is too small", () => {
  const full = testUnless(obstacle);
  const flags = ["--set", "hdf5.compression=none", "--overwrite", "--receipt", "--json"];
  for (const more of [[], ["--set", "hdf5.checkpointMiB=1"]]) {
    full(`the command line says DISK_FULL and leaves the folder as it was ${more.join(" ")}`, async () => {
      writeFileSync(join(disk, "movie.h5"), before);
      const contents = contentsOf(disk);
      const { code, lines } = await sluice(["export", input, "--to", "hdf5", "--out", disk, ...flags, ...more]);
      expect(code).toBe(1);
      expect(lines.at(-1)).toMatchObject({ state: "failed", branches: [{ error: { reason: "DISK_FULL" } }] });
      expect(contentsOf(disk)).toEqual(contents);
    });
  }

  full("a service says DISK_FULL, leaves its folder as it was, and lives on", async () => {
    const { address } = await startService("hdf5", { SLUICE_OUTPUT_ROOT: disk });
    const client = new ExportClient({ address });
    writeFileSync(join(disk, "movie.h5"), before);
    const contents = contentsOf(disk);
    try {
      const large = openFor({ h5: { delivery: intoDirectory("movie", "", true), options: plain, format: "hdf5" } });
      const { summary, reports } = await sendMessages(client, await encodeCall(large, movie(size)));
      expect(summary?.state).toBe(ExportState.EXPORT_STATE_FAILED);
      expect(reports.map(({ error }) => [error?.reason, error?.grpcCode])).toEqual([
        ["DISK_FULL", Code.RESOURCE_EXHAUSTED],
      ]);
      expect(contentsOf(disk)).toEqual(contents);
      const small = openFor({ h5: { delivery: intoDirectory("small"), format: "hdf5" } });
      const after = await sendMessages(client, await encodeCall(small, movie({ ...size, frames: 1 })));
      expect(after.summary?.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
    } finally {
      client.close();
    }
  });
});

test("a stream that is cut anywhere is DATA_LOSS, and nothing is left", async () => {
  const root = scratch.fresh("root");
  const { address } = await startService("hdf5", { SLUICE_OUTPUT_ROOT: root });
  const client = new ExportClient({ address });
  const branch = { delivery: intoDirectory("movie"), options: { checkpointMiB: 1 }, format: "hdf5" };
  const messages = await encodeCall(openFor({ h5: branch }), movie(size));
  try {
    for (const count of [2, 4, 9, messages.length - 1]) {
      const { problem, summary } = await sendMessages(client, messages.slice(0, count));
      expect([problem?.grpcCode, summary]).toEqual([Code.DATA_LOSS, undefined]);
      await eventually("the folder is empty", () => filesOf(root).length === 0);
    }
    const { summary } = await sendMessages(client, messages);
    expect(summary?.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
    expect(filesOf(root)).toEqual(["movie.h5"]);
  } finally {
    client.close();
  }
});
