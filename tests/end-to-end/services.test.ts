import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { ExportState, FailurePolicy } from "@sluice/proto";
import { ExportClient } from "@sluice/transport";
import { eventually } from "../harness/eventually.ts";
import { filesOf } from "../harness/folder.ts";
import { movie, movieBytes, writeOmeTiff } from "../harness/movies.ts";
import { type Answer, encodeCall, inline, intoDirectory, openFor, sendMessages } from "../harness/raw-call.ts";
import { useScratch } from "../harness/scratch.ts";
import { healthOf, reflect, type Service, startChain } from "../harness/service.ts";
import { sluice } from "../harness/sluice.ts";
import { withoutVolatileTexts } from "../harness/volatile.ts";

jest.setTimeout(60_000);
const scratch = useScratch();
const size = { frames: 6, height: 40, width: 50 };
const root = scratch.fresh("root");
let input = "";
let services: { gateway: Service; omeTiff: Service };
let clients: Record<"gateway" | "omeTiff", ExportClient>;

beforeAll(async () => {
  input = (await writeOmeTiff(movie(size), scratch.fresh("input"), "movie")).path;
  services = await startChain({ SLUICE_OUTPUT_ROOT: root });
  clients = {
    gateway: new ExportClient({ address: services.gateway.address }),
    omeTiff: new ExportClient({ address: services.omeTiff.address }),
  };
});

afterAll(() => {
  for (const client of Object.values(clients)) client.close();
});

test("the same file comes out in one process, through a service, and through gateway and service", async () => {
  const places = {
    alone: [],
    service: ["--gateway", services.omeTiff.address],
    gateway: ["--gateway", services.gateway.address],
  };
  const files: Record<string, Buffer> = {};
  for (const [place, flags] of Object.entries(places)) {
    const out = scratch.fresh(place);
    const { code, stderr, lines } = await sluice([
      "export",
      input,
      "--to",
      "ome-tiff",
      "--out",
      out,
      "--verify",
      "--json",
      ...flags,
    ]);
    expect({ place, code, stderr }).toEqual({ place, code: 0, stderr: "" });
    expect(lines.at(-1)).toMatchObject({ state: "succeeded", branches: [{ verification: { equal: true } }] });
    expect(filesOf(out)).toEqual(["movie.ome.tif"]);
    files[place] = withoutVolatileTexts(readFileSync(join(out, "movie.ome.tif")));
  }
  expect(files["service"]?.equals(files["alone"] as Buffer)).toBe(true);
  expect(files["gateway"]?.equals(files["alone"] as Buffer)).toBe(true);
});

describe.each(["omeTiff", "gateway"] as const)("a call of %s", (place) => {
  const call = async (open: ReturnType<typeof openFor>): Promise<Answer> =>
    sendMessages(clients[place], await encodeCall(open, movie(size)));

  test("delivers inline", async () => {
    const answer = await call(openFor({ tiff: { options: { compression: "none" } } }));
    expect(answer.problem).toBeUndefined();
    expect(answer.events[0]).toBe("accepted");
    expect(answer.events.at(-1)).toBe("summary");
    expect(answer.summary).toMatchObject({ state: ExportState.EXPORT_STATE_SUCCEEDED, jobId: openFor({}).jobId });
    const [[path, file] = []] = [...answer.artifacts];
    expect(path).toBe("tiff/tiff.ome.tif");
    expect(file?.subarray(16, 16 + 24_000)).toEqual(Buffer.from(movieBytes(size)));
    expect(answer.reports).toMatchObject([
      { branchId: "tiff", frames: 6, artifacts: [{ path: "tiff.ome.tif", size: file?.length }] },
    ]);
  });

  test("delivers into a directory of the service that writes", async () => {
    const answer = await call(
      openFor({ tiff: { delivery: intoDirectory("movie", place), options: { compression: "none" } } }),
    );
    expect(answer.problem).toBeUndefined();
    expect(answer.summary?.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
    expect(answer.artifacts.size).toBe(0);
    expect(answer.events).not.toContain("artifactChunk");
    const path = join(root, place, "movie.ome.tif");
    expect(filesOf(join(root, place))).toEqual(["movie.ome.tif"]);
    expect(readFileSync(path).subarray(16, 16 + 24_000)).toEqual(Buffer.from(movieBytes(size)));
    expect(answer.reports[0]?.artifacts[0]?.size).toBe(readFileSync(path).length);
  });

  test("goes on when one branch fails: PARTIAL", async () => {
    const answer = await call(openFor({ good: {}, bad: { options: { compression: "lzw" } } }));
    expect(answer.problem).toBeUndefined();
    expect(answer.summary).toMatchObject({
      state: ExportState.EXPORT_STATE_PARTIAL,
      branches: [
        { branchId: "good", state: ExportState.EXPORT_STATE_SUCCEEDED },
        {
          branchId: "bad",
          state: ExportState.EXPORT_STATE_FAILED,
          error: { reason: "OPTION_INVALID", branchId: "bad" },
        },
      ],
    });
    expect([...answer.artifacts.keys()]).toEqual(["good/good.ome.tif"]);
  });

  test("stops all branches when one fails and the policy is ABORT_ALL", async () => {
    const directory = `abort-${place}`;
    const branches = {
      good: { delivery: intoDirectory("good", directory) },
      bad: { delivery: inline("bad"), options: { compression: "lzw" } },
    };
    const answer = await call(openFor(branches, FailurePolicy.FAILURE_POLICY_ABORT_ALL));
    expect(answer.problem).toMatchObject({ reason: "OPTION_INVALID", branchId: "bad" });
    expect(answer.detailed).toBe(true);
    expect(answer.summary).toBeUndefined();
    // The caller of a gateway may hear of the end before the service behind it has tidied up.
    await eventually("nothing is left", () => !filesOf(root).some((name) => name.startsWith(directory)));
  });

  test("lists formats, validates without data, answers health checks", async () => {
    const { formats, problems } = await clients[place].listFormats();
    expect(formats.map(({ name }) => name)).toEqual(["ome-tiff"]);
    expect(problems).toEqual([]);
    const { code, lines } = await sluice([
      "export",
      input,
      "--to",
      "ome-tiff",
      "--dry-run",
      "--json",
      "--gateway",
      services[place].address,
    ]);
    expect(code).toBe(0);
    expect(lines).toMatchObject([{ type: "forecast", forecasts: [{ branchId: "ome-tiff" }] }]);
    expect(await healthOf(services[place].address)).toBe("SERVING");
  });

  test("tells its contract by reflection", async () => {
    const listed = await reflect(services[place].address, { listServices: true });
    expect(listed).toContain("sluice.export.v1.ExportService");
    expect(listed).toContain("grpc.health.v1.Health");
    const file = await reflect(services[place].address, { symbol: "sluice.export.v1.ExportService" });
    expect(file).toContain("sluice/export/v1/export.proto");
    expect(file).toContain("ValidateExport");
  });
});
