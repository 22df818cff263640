import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import { eventually } from "../harness/eventually.ts";
import { contentsOf } from "../harness/folder.ts";
import { movie, writeOmeTiff } from "../harness/movies.ts";
import type { Process } from "../harness/processes.ts";
import { useScratch } from "../harness/scratch.ts";
import { type Service, startChain, startGateway, startService } from "../harness/service.ts";
import { sluice, startSluice, withLines } from "../harness/sluice.ts";
import { openValve, type Valve } from "../harness/valve.ts";

jest.setTimeout(60_000);
const scratch = useScratch();
const megabyte = 1024 * 1024;
let input = "";

beforeAll(async () => {
  // 24 MB, so that some are under way when a valve shuts; stored as they are.
  const stream = movie({ frames: 12, height: 1024, width: 1024 });
  input = (await writeOmeTiff(stream, scratch.fresh("input"), "movie", { compression: "none" })).path;
});

/** A folder that holds two files from before, one of which the export would replace. */
function usedFolder(): string {
  const out = scratch.fresh();
  writeFileSync(join(out, "movie.ome.tif"), "the recording of yesterday");
  writeFileSync(join(out, "notes.txt"), "notes");
  return out;
}

/** Starts an export that has sent some of its frames, and cannot send more. */
async function underWay(gateway: string, valve: Valve, out: string): Promise<Process> {
  valve.shutAfter(5 * megabyte);
  const parameters = ["--to", "ome-tiff", "--out", out, "--overwrite", "--receipt", "--json", "--gateway", gateway];
  const child = startSluice(["export", input, ...parameters]);
  await valve.shut();
  return child;
}

describe("a process that dies during an export leaves the output folder as it was", () => {
  test("kill -9 of the service that the command line speaks to", async () => {
    const service = await startService("ome-tiff");
    await using valve = await openValve(service.address);
    const out = usedFolder();
    const before = contentsOf(out);
    const child = await underWay(valve.address, valve, out);
    service.process.kill("SIGKILL");
    const { code, lines } = withLines(await child.ended);
    expect({ code, last: lines.at(-1) }).toMatchObject({
      code: 1,
      last: { type: "error", reason: "SERVICE_UNAVAILABLE" },
    });
    expect(contentsOf(out)).toEqual(before);
  });

  test("kill -9 of the service behind the gateway; the gateway lives on", async () => {
    const service = await startService("ome-tiff");
    await using valve = await openValve(service.address);
    const gateway = await startGateway(valve.address);
    const out = usedFolder();
    const before = contentsOf(out);
    const child = await underWay(gateway.address, valve, out);
    service.process.kill("SIGKILL");
    const { code, lines } = withLines(await child.ended);
    expect({ code, last: lines.at(-1) }).toMatchObject({
      code: 1,
      last: { type: "summary", state: "failed", branches: [{ error: { reason: "SERVICE_UNAVAILABLE" } }] },
    });
    expect(contentsOf(out)).toEqual(before);
    expect((await sluice(["formats", "--gateway", gateway.address])).stdout).toContain("cannot be reached");
  });

  test("kill -9 of the gateway; the service lives on", async () => {
    const { omeTiff, gateway } = await startChain();
    await using valve = await openValve(gateway.address);
    const out = usedFolder();
    const before = contentsOf(out);
    const child = await underWay(valve.address, valve, out);
    gateway.process.kill("SIGKILL");
    const { code, lines } = withLines(await child.ended);
    expect({ code, last: lines.at(-1) }).toMatchObject({
      code: 1,
      last: { type: "error", reason: "SERVICE_UNAVAILABLE" },
    });
    expect(contentsOf(out)).toEqual(before);
    const again = await sluice([
      "export",
      input,
      "--to",
      "ome-tiff",
      "--out",
      out,
      "--overwrite",
      "--gateway",
      omeTiff.address,
    ]);
    expect(again.code).toBe(0);
  });
});

describe("Ctrl-C stops an export, which leaves nothing and exits with 130", () => {
  test("in one process", async () => {
    const out = scratch.fresh();
    const parameters = ["export", input, "--to", "ome-tiff", "--out", out, "--json"];
    // Level 9 is slow: the export runs for seconds.
    const child = startSluice([...parameters, "--set", "ome-tiff.level=9"]);
    await eventually("the export begins", () => readdirSync(out).length > 0);
    child.kill("SIGINT");
    const { code } = await child.ended;
    expect(code).toBe(130);
    expect(contentsOf(out)).toEqual({});
  });

  test("through a gateway", async () => {
    const { gateway } = await startChain();
    await using valve = await openValve(gateway.address);
    const out = usedFolder();
    const before = contentsOf(out);
    const child = await underWay(valve.address, valve, out);
    child.kill("SIGINT");
    const { code } = await child.ended;
    expect(code).toBe(130);
    expect(contentsOf(out)).toEqual(before);
  });
});

describe("SIGTERM", () => {
  test("lets a running stream finish, refuses new ones, then ends the service with 0", async () => {
    const service = await startService("ome-tiff");
    await using valve = await openValve(service.address);
    const out = scratch.fresh();
    const child = await underWay(valve.address, valve, out);
    service.process.kill("SIGTERM");
    await service.process.says(/"msg":"draining"/);
    const refused = await sluice(["formats", "--gateway", service.address]);
    expect(refused.code).not.toBe(0);
    valve.open();
    const { code } = await child.ended;
    expect(code).toBe(0);
    expect(existsSync(join(out, "movie.ome.tif"))).toBe(true);
    expect(await service.process.ended).toMatchObject({ code: 0 });
  });

  test("cuts a stream that outlasts the grace, which leaves nothing", async () => {
    const root = scratch.fresh("root");
    const service: Service = await startService("ome-tiff", { SLUICE_GRACE_SECONDS: "0", SLUICE_OUTPUT_ROOT: root });
    await using valve = await openValve(service.address);
    const out = usedFolder();
    const before = contentsOf(out);
    const child = await underWay(valve.address, valve, out);
    service.process.kill("SIGTERM");
    const { code, lines } = withLines(await child.ended);
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatchObject({
      type: "error",
      reason: expect.stringMatching(/SHUTTING_DOWN|SERVICE_UNAVAILABLE/),
    });
    expect(contentsOf(out)).toEqual(before);
    expect(contentsOf(root)).toEqual({});
    expect((await service.process.ended).code).toBe(1);
  });
});
