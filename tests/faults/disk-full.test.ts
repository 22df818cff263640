import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, jest } from "@jest/globals";
import { Code } from "@sluice/core";
import { ExportState } from "@sluice/proto";
import { ExportClient } from "@sluice/transport";
import { testUnless } from "../harness/availability.ts";
import { contentsOf } from "../harness/folder.ts";
import { movie, writeOmeTiff } from "../harness/movies.ts";
import { encodeCall, intoDirectory, openFor, sendMessages } from "../harness/raw-call.ts";
import { useScratch } from "../harness/scratch.ts";
import { type Service, startChain } from "../harness/service.ts";
import { sluice } from "../harness/sluice.ts";
import { smallDisk } from "../harness/small-disk.ts";

jest.setTimeout(60_000);
const scratch = useScratch(() => unmount());
const { disk, obstacle, unmount } = smallDisk(scratch.fresh("disk"));
const full = testUnless(obstacle);
const plane = 1024 * 1024;
/** Twelve planes of 1 MiB do not fit; eight leave no room for what comes behind them. */
const sizes = [12, 8].map((frames) => ({ frames, height: 1024, width: 512 }));

let before: Record<string, string> = {};
let services: { gateway: Service; omeTiff: Service };

beforeAll(async () => {
  if (obstacle) return;
  writeFileSync(join(disk, "stack.ome.tif"), "the recording of yesterday");
  before = contentsOf(disk);
  services = await startChain({ SLUICE_OUTPUT_ROOT: disk });
});

describe.each(sizes)("a disk of 8 MiB is too small for $frames planes of 1 MiB", (size) => {
  full("the command line says DISK_FULL, exits with 1 and leaves the folder as it was", async () => {
    const { path } = await writeOmeTiff(movie(size), scratch.fresh(), "stack", { compression: "none" });
    const flags = ["--set", "ome-tiff.compression=none", "--overwrite", "--receipt", "--json"];
    const { code, lines } = await sluice(["export", path, "--to", "ome-tiff", "--out", disk, ...flags]);
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatchObject({ state: "failed", branches: [{ error: { reason: "DISK_FULL" } }] });
    expect(contentsOf(disk)).toEqual(before);
  });

  for (const place of ["omeTiff", "gateway"] as const) {
    full(`the branch that a service writes fails, the other goes on, and the ${place} lives on`, async () => {
      const client = new ExportClient({ address: services[place].address });
      const options = { compression: "none" };
      try {
        const kept = { delivery: intoDirectory("stack", "", true), options };
        const answer = await sendMessages(client, await encodeCall(openFor({ kept, sent: { options } }), movie(size)));
        expect(answer.problem).toBeUndefined();
        expect(answer.summary?.state).toBe(ExportState.EXPORT_STATE_PARTIAL);
        expect(answer.reports.map(({ branchId, error }) => [branchId, error?.reason, error?.grpcCode])).toEqual([
          ["kept", "DISK_FULL", Code.RESOURCE_EXHAUSTED],
          ["sent", undefined, undefined],
        ]);
        expect(answer.artifacts.get("sent/sent.ome.tif")?.length).toBeGreaterThan(size.frames * plane);
        expect(contentsOf(disk)).toEqual(before);

        const small = openFor({ kept: { delivery: intoDirectory(`small-${size.frames}-${place}`) } });
        const after = await sendMessages(client, await encodeCall(small, movie({ frames: 2, height: 40, width: 50 })));
        expect(after.summary?.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
        before = contentsOf(disk);
      } finally {
        client.close();
      }
    });
  }
});
