import { afterAll, beforeAll, expect, jest } from "@jest/globals";
import { testUnless } from "../harness/availability.ts";
import { eventually } from "../harness/eventually.ts";
import { writeLargeNpy } from "../harness/large-npy.ts";
import { credentials, type ObjectStoreServer, objectStoreObstacle, startObjectStore } from "../harness/object-store.ts";
import type { Process } from "../harness/processes.ts";
import { useScratch } from "../harness/scratch.ts";
import { startService } from "../harness/service.ts";
import { startSession } from "../harness/session.ts";
import { sluice, startSluice } from "../harness/sluice.ts";
import { openValve, type Valve } from "../harness/valve.ts";

jest.setTimeout(300_000);
const mebibyte = 1024 * 1024;
const faults = testUnless(await objectStoreObstacle());
const scratch = useScratch();
const input = scratch.path("movie.npy");
const small = scratch.path("small.npy");
let store: ObjectStoreServer;

beforeAll(async () => {
  if (await objectStoreObstacle()) return;
  writeLargeNpy(input, 96);
  writeLargeNpy(small, 1);
  store = await startObjectStore(scratch.fresh("store"));
});

afterAll(async () => {
  await store?.[Symbol.asyncDispose]();
});

/** A way to the store that can be cut. */
async function openWay(): Promise<{ valve: Valve; environment: Record<string, string> }> {
  const valve = await openValve(store.address);
  return { valve, environment: { ...store.environment, SLUICE_S3_ENDPOINT: `http://${valve.address}` } };
}

const wishesOf = (prefix: string) => [
  "export",
  input,
  "--to",
  "hdf5",
  "--set",
  "hdf5.compression=none",
  "--out",
  `s3://bucket/${prefix}`,
];

async function nothingLeft(prefix: string): Promise<void> {
  expect((await store.keys()).filter((key) => key.startsWith(prefix))).toEqual([]);
  expect((await store.unfinished()).filter((key) => key.startsWith(prefix))).toEqual([]);
}

/** Waits until parts of an export have arrived, and holds it there. */
async function startHeld(
  valve: Valve,
  parameters: readonly string[],
  environment: Record<string, string>,
): Promise<Process> {
  valve.shutAfter(20 * mebibyte);
  const child = startSluice(parameters, { environment });
  await valve.shut();
  return child;
}

faults("an export that is interrupted leaves no object and no part", async () => {
  const { valve, environment } = await openWay();
  await using _ = valve;
  const child = await startHeld(valve, wishesOf("interrupted"), environment);
  child.kill("SIGINT");
  valve.open();
  expect((await child.ended).code).toBe(130);
  await nothingLeft("interrupted");
});

faults("an NWB export that is cancelled leaves no object and no part", async () => {
  const { valve, environment } = await openWay();
  await using _ = valve;
  valve.shutAfter(40 * mebibyte);
  const { process, outcome } = startSession("s3://bucket/cancelled", 96, environment);
  await valve.shut();
  expect(await store.unfinished()).toContain("cancelled/session.nwb");
  process.kill("SIGINT");
  valve.open();
  expect((await outcome).error).not.toBe("");
  await nothingLeft("cancelled");
});

faults("a service whose caller goes away leaves no object and no part", async () => {
  const { valve, environment } = await openWay();
  await using _ = valve;
  const service = await startService("hdf5", { ...environment, SLUICE_S3_PREFIXES: "s3://bucket" });
  const caller = await startHeld(valve, [...wishesOf("left"), "--gateway", service.address], {});
  expect(await store.unfinished()).toContain("left/movie.h5");
  await caller.stop();
  valve.open();
  await eventually("the service removes the upload", async () => !(await store.unfinished()).includes("left/movie.h5"));
  await nothingLeft("left");
  await service.process.stop();
});

faults("a killed process leaves no object; its unfinished upload stands in nobody's way", async () => {
  const { valve, environment } = await openWay();
  await using _ = valve;
  const child = await startHeld(valve, wishesOf("killed"), environment);
  await child.stop("SIGKILL");
  valve.open();
  expect(await store.keys()).not.toContain("killed/movie.h5");
  // Nobody is left who could remove it: a lifecycle rule of the bucket does.
  expect(await store.unfinished()).toContain("killed/movie.h5");
  const { code } = await sluice([...wishesOf("killed"), "--verify"], store);
  expect(code).toBe(0);
  await store.removeUnfinished();
  expect(await store.keys()).toContain("killed/movie.h5");
});

faults("a network that is cut for a moment, again and again, does no harm", async () => {
  const { valve, environment } = await openWay();
  await using _ = valve;
  const child = startSluice([...wishesOf("weak"), "--verify"], { environment });
  for (const mebibytes of [5, 30, 60]) {
    await eventually("parts leave", () => valve.passed > mebibytes * mebibyte);
    valve.cutUntilOpen();
    valve.open();
  }
  const { code, stdout } = await child.ended;
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("reads the same values back") });
  expect((await store.unfinished()).filter((key) => key.startsWith("weak"))).toEqual([]);
});

faults("a network that is cut for longer than is waited fails the export, and nothing is left", async () => {
  const { valve, environment } = await openWay();
  await using _ = valve;
  const child = await startHeld(valve, wishesOf("cut"), { ...environment, SLUICE_S3_ATTEMPTS: "1" });
  valve.cut();
  valve.open();
  const { code, stdout } = await child.ended;
  expect({ code, stdout }).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/OBJECT_STORE_CUT \(artifacts.movie.h5\)/),
  });
  await nothingLeft("cut");
});

faults("a network that stays away fails the export, which says what is left", async () => {
  const { valve, environment } = await openWay();
  await using _ = valve;
  const child = await startHeld(valve, wishesOf("gone"), { ...environment, SLUICE_S3_ATTEMPTS: "2" });
  valve.cutUntilOpen();
  const { code, stdout } = await child.ended;
  expect(code).toBe(1);
  expect(stdout).toMatch(/UPLOAD_LEFT_BEHIND.*An unfinished upload could not be removed.*after this: OBJECT_STORE_/);
  expect(await store.keys()).not.toContain("gone/movie.h5");
  expect(await store.unfinished()).toContain("gone/movie.h5");
  await store.removeUnfinished();
});

const wrong: readonly [what: string, changes: Record<string, string | undefined>, url: string, reason: string][] = [
  ["no bucket", {}, "s3://other/x", "BUCKET_MISSING"],
  ["no credentials", { AWS_ACCESS_KEY_ID: undefined }, "s3://bucket/x", "OBJECT_STORE_CREDENTIALS_MISSING"],
  ["an unknown account", { AWS_ACCESS_KEY_ID: "nobody" }, "s3://bucket/x", "OBJECT_STORE_CREDENTIALS_REFUSED"],
  ["a wrong secret", { AWS_SECRET_ACCESS_KEY: "wrong" }, "s3://bucket/x", "OBJECT_STORE_CREDENTIALS_REFUSED"],
  ["a wrong region", { SLUICE_S3_REGION: "eu-central-1" }, "s3://bucket/x", "OBJECT_STORE_REGION_WRONG"],
  ["nothing that answers", { SLUICE_S3_ENDPOINT: "http://127.0.0.1:1" }, "s3://bucket/x", "OBJECT_STORE_UNREACHABLE"],
  ["no object key", {}, "s3://bucket/", "OBJECT_KEY_MISSING"],
  ["another scheme", {}, "gs://bucket/x", "OBJECT_URL_INVALID"],
];

for (const [what, changes, url, reason] of wrong) {
  faults(`${what} is told as ${reason}`, async () => {
    const environment = { ...store.environment, ...changes };
    const { code, stdout, stderr } = await sluice(["export", small, "--to", "npz", "--out", url], { environment });
    expect([1, 2]).toContain(code);
    expect(stdout + stderr).toContain(reason);
    expect(stdout + stderr).not.toContain(credentials.AWS_SECRET_ACCESS_KEY);
    await nothingLeft("x");
  });
}

faults("a store that allows nothing is told as OBJECT_STORE_DENIED", async () => {
  await using readOnly = await startObjectStore(scratch.fresh("read-only"), "--readonly");
  const { code, stdout } = await sluice(["export", small, "--to", "npz", "--out", "s3://bucket/x"], readOnly);
  expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining("OBJECT_STORE_DENIED") });
});
