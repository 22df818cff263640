import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { afterAll, beforeAll, expect, jest } from "@jest/globals";
import { ExportState } from "@sluice/proto";
import { testUnless } from "../harness/availability.ts";
import { writeLargeNpy } from "../harness/large-npy.ts";
import { peakMemoryBytes, procMissing } from "../harness/memory.ts";
import { type ObjectStoreServer, objectStoreObstacle, startObjectStore } from "../harness/object-store.ts";
import { useScratch } from "../harness/scratch.ts";
import { type Service, startService } from "../harness/service.ts";
import { startSession } from "../harness/session.ts";
import { sluice } from "../harness/sluice.ts";
import { startSynthetic } from "../harness/synthetic.ts";

jest.setTimeout(300_000);
const mebibyte = 1024 * 1024;
const obstacle = await objectStoreObstacle();
const delivered = testUnless(obstacle);
const measured = testUnless(obstacle ?? procMissing());
const scratch = useScratch();
const small = scratch.path("small.npy");
let store: ObjectStoreServer;

beforeAll(async () => {
  if (obstacle) return;
  writeLargeNpy(small, 4);
  store = await startObjectStore(scratch.fresh("store"));
});

afterAll(async () => {
  await store?.[Symbol.asyncDispose]();
});

async function sha256Of(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of bytes) hash.update(piece);
  return hash.digest("hex");
}

interface Receipt {
  readonly branches: readonly {
    readonly artifacts: readonly { readonly uri: string; readonly size: number; readonly sha256: string }[];
    readonly timing: { readonly peakRssBytes: string };
    readonly verification?: { readonly equal: boolean };
  }[];
}

async function receiptOf(key: string): Promise<Receipt> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await store.read(key)) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString()) as Receipt;
}

measured("1 GiB of HDF5 is the same in the store and in a folder, and takes little memory", async () => {
  const input = scratch.path("recording.npy");
  const out = scratch.fresh("out");
  writeLargeNpy(input, 1024);
  const parameters = ["export", input, "--to", "hdf5", "--set", "hdf5.compression=none"];
  const { environment } = store;
  const uploaded = await sluice([...parameters, "--out", "s3://bucket/lab/mouse 3", "--receipt"], { environment });
  expect({ code: uploaded.code, stderr: uploaded.stderr }).toEqual({ code: 0, stderr: "" });
  expect(uploaded.stdout).toContain("hdf5: s3://bucket/lab/mouse 3/recording.h5 (1.0");
  expect(await store.keys()).toEqual(["lab/mouse 3/recording.h5", "lab/mouse 3/recording.receipt.json"]);
  expect(await store.unfinished()).toEqual([]);
  expect((await sluice([...parameters, "--out", out])).code).toBe(0);
  const local = await sha256Of(createReadStream(`${out}/recording.h5`));
  expect(await sha256Of(await store.read("lab/mouse 3/recording.h5"))).toBe(local);
  const [branch] = (await receiptOf("lab/mouse 3/recording.receipt.json")).branches;
  const peakBytes = Number(branch?.timing.peakRssBytes);
  console.info(`command line ${Math.round(peakBytes / mebibyte)} MiB`);
  expect(peakBytes).toBeGreaterThan(50 * mebibyte);
  expect(peakBytes).toBeLessThan(250 * mebibyte);
});

measured(
  "1 GiB of NWB in the store has the SHA-256 of the same export into a folder, and takes little memory",
  async () => {
    const out = scratch.fresh("session");
    const uploaded = await startSession("s3://bucket/nwb", 1024, store.environment).outcome;
    expect(uploaded).toMatchObject({ error: "" });
    expect(uploaded.bytes).toBeGreaterThan(1024 * mebibyte);
    const local = await startSession(out, 1024).outcome;
    expect(local).toMatchObject({ error: "", bytes: uploaded.bytes });
    const sha256 = await sha256Of(await store.read("nwb/session.nwb"));
    expect(sha256).toBe(await sha256Of(createReadStream(`${out}/session.nwb`)));
    // A folder's receipt says the same; a large object whose head was written last has no digest in its own.
    expect([local.sha256, uploaded.sha256]).toEqual([sha256, ""]);
    expect(await store.unfinished()).toEqual([]);
    console.info(`NWB ${Math.round(uploaded.peakBytes / mebibyte)} MiB`);
    expect(uploaded.peakBytes).toBeLessThan(250 * mebibyte);
  },
);

measured("a service uploads OME-TIFF in bounded memory", async () => {
  const service = await startUploader("ome-tiff", "s3://bucket/service");
  const options = { compression: "none" };
  const movie = { frames: 512, frameBytes: mebibyte, url: "s3://bucket/service/run-1" };
  const { outcome } = startSynthetic({ address: service.address, format: "ome-tiff", options, ...movie });
  expect(await outcome).toMatchObject({ state: ExportState.EXPORT_STATE_SUCCEEDED, reason: "", artifactBytes: 0 });
  expect(await store.keys()).toContain("service/run-1/synthetic.ome.tif");
  const peakBytes = peakMemoryBytes(service.process.pid);
  console.info(`service ${Math.round(peakBytes / mebibyte)} MiB`);
  expect(peakBytes).toBeLessThan(250 * mebibyte);
  await service.process.stop();
});

delivered("what was uploaded is read back and compared, digests of small artifacts are told", async () => {
  const wishes = ["--to", "hdf5,npz", "--out", "s3://bucket/verified", "--verify", "--receipt"];
  const { code, stdout } = await sluice(["export", small, ...wishes], store);
  expect(code).toBe(0);
  expect(stdout).toContain("verified: hdf5 reads the same values back");
  expect(stdout).toContain("verified: npz reads the same values back");
  for (const { artifacts, verification } of (await receiptOf("verified/small.receipt.json")).branches) {
    expect(verification?.equal).toBe(true);
    for (const { uri, sha256 } of artifacts) {
      expect(sha256).toBe(await sha256Of(await store.read(uri.replace("s3://bucket/", ""))));
    }
  }
});

delivered("an object that exists is refused, or replaced; of two exports at once one gets the name", async () => {
  const wishes = ["export", small, "--to", "npz", "--out", "s3://bucket/names"];
  const both = await Promise.all([sluice(wishes, store), sluice(wishes, store)]);
  expect(both.map(({ code }) => code).toSorted((one, other) => one! - other!)).toEqual([0, 1]);
  expect(both.map(({ stdout, stderr }) => stdout + stderr).join("")).toContain("TARGET_EXISTS (artifacts.small.npz)");
  expect((await sluice(wishes, store)).stdout).toContain("TARGET_EXISTS");
  expect((await sluice([...wishes, "--overwrite"], store)).code).toBe(0);
  expect(await store.unfinished()).toEqual([]);
});

delivered("a gateway has its services upload with their own credentials, where the operator allows it", async () => {
  const service = await startUploader("npz", "s3://bucket/shared,s3://bucket/other");
  // The gateway and the command line have neither credentials nor an endpoint.
  const gateway = await startService("gateway", { SLUICE_FORMATS: `npz=${service.address}` });
  const wishes = ["export", small, "--to", "npz", "--gateway", gateway.address, "--out"];
  const done = await sluice([...wishes, "s3://bucket/shared/x", "--json"]);
  expect({ code: done.code, stderr: done.stderr }).toEqual({ code: 0, stderr: "" });
  expect(done.lines.at(-1)).toMatchObject({
    type: "summary",
    branches: [{ format: "npz", artifacts: [{ uri: "s3://bucket/shared/x/small.npz" }] }],
  });
  expect(await store.keys()).toContain("shared/x/small.npz");
  const elsewhere = await sluice([...wishes, "s3://bucket/private"]);
  expect(elsewhere.code).toBe(1);
  expect(elsewhere.stdout).toContain("DELIVERY_REFUSED");
  expect(elsewhere.stdout).toContain("SLUICE_S3_PREFIXES");
  const direct = ["export", small, "--to", "npz", "--gateway", service.address, "--dry-run", "--out"];
  const dry = await sluice([...direct, "s3://bucket/private"]);
  expect(dry.code).toBe(2);
  expect(dry.stdout).toContain("DELIVERY_REFUSED");
  const unavailable = await sluice([...wishes, "s3://bucket/shared/y", "--verify", "--receipt"]);
  expect(unavailable.code).toBe(2);
  expect(unavailable.stderr).toContain("OPTION_NOT_APPLICABLE (--verify, --receipt)");
  expect(service.process.stderr).not.toContain("sluice-tests-secret");
  for (const { process } of [gateway, service]) await process.stop();
});

function startUploader(format: string, prefixes: string): Promise<Service> {
  return startService(format, { ...store.environment, SLUICE_S3_PREFIXES: prefixes });
}
