import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { ExportState } from "@sluice/proto";
import { ExportClient } from "@sluice/transport";
import { eventually } from "../harness/eventually.ts";
import { contentsOf, filesOf } from "../harness/folder.ts";
import { movie, writeOmeTiff } from "../harness/movies.ts";
import { randomNumbers } from "../harness/pixels.ts";
import { encodeCall, intoDirectory, openFor, readAnswer, sendMessages } from "../harness/raw-call.ts";
import { useScratch } from "../harness/scratch.ts";
import { type Service, startGateway, startService } from "../harness/service.ts";
import { sluice, startSluice, withLines } from "../harness/sluice.ts";
import { openValve } from "../harness/valve.ts";

jest.setTimeout(120_000);
const scratch = useScratch();
const random = randomNumbers(9);
const size = { frames: 24, height: 512, width: 512 };
const payload = 24 * 512 * 512 * 2;
const rounds = Array.from({ length: 6 }, (_, round) => ({ round, at: Math.floor(random() * payload) }));
let input = "";

beforeAll(async () => {
  input = (await writeOmeTiff(movie(size), scratch.fresh(), "movie", { compression: "none" })).path;
});

const parameters = ["--to", "ome-tiff", "--set", "ome-tiff.compression=none", "--overwrite", "--json"];

describe("kill -9 of the service after any number of bytes leaves the caller's folder as it was", () => {
  let gateway: Service;
  let service: Service;

  afterAll(async () => {
    await gateway.process.stop();
  });

  test.each(rounds)("$at bytes", async ({ at }) => {
    service = await startService("ome-tiff");
    await using valve = await openValve(service.address);
    gateway = await startGateway(valve.address);
    const out = scratch.fresh();
    writeFileSync(join(out, "movie.ome.tif"), "the recording of yesterday");
    const before = contentsOf(out);
    valve.shutAfter(at);
    const child = startSluice(["export", input, ...parameters, "--out", out, "--gateway", gateway.address]);
    await valve.shut();
    service.process.kill();
    const { code, lines } = withLines(await child.ended);
    expect(code).toBe(1);
    expect(JSON.stringify(lines.at(-1))).toContain('"reason":"SERVICE_UNAVAILABLE"');
    expect(contentsOf(out)).toEqual(before);
    await gateway.process.stop();
  });
});

test("kill -9 of a service that writes into its own folder leaves nothing visible, and later exports work", async () => {
  const root = scratch.fresh("root");
  const open = openFor({ tiff: { delivery: intoDirectory("movie"), options: { compression: "none" } } });
  const messages = await encodeCall(open, movie(size));
  for (const { at } of rounds) {
    const service = await startService("ome-tiff", { SLUICE_OUTPUT_ROOT: root });
    const client = new ExportClient({ address: service.address });
    const call = client.export();
    const answer = readAnswer(call);
    const share = Math.max(3, Math.floor((messages.length * at) / payload));
    for (const message of messages.slice(0, share)) call.write(message);
    await eventually("the service writes", () => readdirSync(root).length > 0);
    service.process.kill();
    expect((await answer).problem?.reason).toBe("SERVICE_UNAVAILABLE");
    client.close();
    expect(filesOf(root).filter((name) => !/^\..+\.part$/.test(name))).toEqual([]);
  }
  const service = await startService("ome-tiff", { SLUICE_OUTPUT_ROOT: root });
  const client = new ExportClient({ address: service.address });
  const answer = await sendMessages(client, messages);
  client.close();
  expect(answer.summary?.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
  expect(filesOf(root).filter((name) => !name.startsWith("."))).toEqual(["movie.ome.tif"]);
});

test("kill -9 of the command line leaves nothing visible, keeps what was there, and later exports work", async () => {
  const out = scratch.fresh();
  writeFileSync(join(out, "movie.ome.tif"), "the recording of yesterday");
  const before = contentsOf(out);
  // Level 9 is slow: the export runs for seconds.
  const slow = ["--set", "ome-tiff.level=9"];
  for (const share of [0, 0.1, 0.3]) {
    const known = new Set(readdirSync(out));
    const child = startSluice(["export", input, "--to", "ome-tiff", ...slow, "--overwrite", "--out", out]);
    await eventually("the export writes", () => {
      const part = readdirSync(out).find((name) => !known.has(name));
      return part !== undefined && statSync(join(out, part)).size >= share * 1024 * 1024;
    });
    child.kill();
    expect((await child.ended).signal).toBe("SIGKILL");
    const visible = Object.entries(contentsOf(out)).filter(([name]) => !/^\..+\.part$/.test(name));
    expect(Object.fromEntries(visible)).toEqual(before);
  }
  const { code } = await sluice(["export", input, ...parameters, "--out", out, "--verify"]);
  expect(code).toBe(0);
});
