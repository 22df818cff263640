import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type ObjectServer, startObjectServer } from "@sluice/sink/testing";
import { remoteExporter } from "@sluice/transport";
import { exportThrough, type Harness, harness, objectBranch, openOf } from "./testing/harness.ts";

const environment = { ...process.env };
let store: ObjectServer;
let fake: Harness;

beforeEach(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "the-account", AWS_SECRET_ACCESS_KEY: "the-secret" });
  store = await startObjectServer();
  fake = await harness({ SLUICE_S3_ENDPOINT: store.endpoint, SLUICE_S3_PREFIXES: "s3://bucket/lab" });
});

afterEach(async () => {
  await fake[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  process.env = { ...environment };
});

const stored = () => [...(store.buckets.get("bucket") ?? [])];

test("an export is uploaded below the prefix, and what was uploaded is told", async () => {
  const { problem, summary } = await exportThrough(fake.client, openOf([objectBranch("a", "s3://bucket/lab/today")]));
  expect(problem).toBeUndefined();
  const [[key, object] = ["", undefined]] = stored();
  expect([...(object?.bytes ?? [])]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  const [artifact] = summary?.branches[0]?.artifacts ?? [];
  expect(artifact).toMatchObject({ uri: `s3://bucket/${key}`, size: 12 });
  expect(key).toBe(`lab/today/${artifact?.path}`);
  expect(JSON.stringify(fake.lines)).not.toMatch(/the-account|the-secret/);
});

test("a gateway without a store passes the delivery on", async () => {
  await using gateway = await harness({}, [remoteExporter("raw", fake.client)]);
  const open = openOf([objectBranch("a", "s3://bucket/lab/today")]);
  expect((await exportThrough(gateway.client, open)).problem).toBeUndefined();
  expect(stored()).toHaveLength(1);
});

test("a branch that fails leaves no upload", async () => {
  const branch = { ...objectBranch("a", "s3://bucket/lab/today"), options: { failAfter: 1 } };
  const { summary } = await exportThrough(fake.client, openOf([branch]));
  expect(summary?.branches[0]?.error?.reason).not.toBe("");
  expect([stored(), store.unfinished]).toEqual([[], []]);
});

test("what is wrong with the store is told to the caller", async () => {
  store.mishap = () => ({ status: 403, code: "AccessDenied" });
  const { summary } = await exportThrough(fake.client, openOf([objectBranch("a", "s3://bucket/lab/today")]));
  expect(summary?.branches[0]?.error).toMatchObject({ reason: "OBJECT_STORE_DENIED", branchId: "a" });
});

test("another place is refused before anything is asked of the store", async () => {
  const { problem } = await exportThrough(fake.client, openOf([objectBranch("a", "s3://bucket/private")]));
  expect(problem).toMatchObject({ reason: "DELIVERY_REFUSED", allowed: ["s3://bucket/lab"] });
  expect(store.requests).toEqual([]);
});
