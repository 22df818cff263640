import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { credentials, logVerbosity, makeClientConstructor, setLogVerbosity } from "@grpc/grpc-js";
import { loadSync, type ServiceDefinition } from "@grpc/proto-loader";
import { expect, test } from "@jest/globals";
import { SluiceError } from "@sluice/core";
import { collect } from "@sluice/core/testing";
import { ExportState } from "@sluice/proto";
import { service as healthService } from "grpc-health-check";
import {
  directoryBranch,
  exportThrough,
  filesOf,
  gatedStream,
  harness,
  inlineBranch,
  openOf,
  temporaryFolder,
  until,
} from "./testing/harness.ts";

// Its complaints about addresses come to us as errors.
setLogVerbosity(logVerbosity.NONE);

test("health is SERVING for the server and for the ExportService, unknown for others", async () => {
  await using fake = await harness();
  await using health = healthClient(fake.service.address);
  expect(await health.check("")).toBe("SERVING");
  expect(await health.check("sluice.export.v1.ExportService")).toBe("SERVING");
  await expect(health.check("nobody")).rejects.toMatchObject({ code: 5 });
});

test.each(["v1", "v1alpha"])(
  "reflection %s lists the services and gives the files with their imports",
  async (version) => {
    await using fake = await harness();
    const [services, file] = await reflect(fake.service.address, version, [
      { list_services: "*" },
      { file_containing_symbol: "sluice.export.v1.ExportService" },
    ]);
    expect(services.list_services_response.service.map(({ name }) => name)).toEqual([
      "sluice.export.v1.ExportService",
      "grpc.health.v1.Health",
    ]);
    const files = file.file_descriptor_response.file_descriptor_proto.map((bytes) => bytes.toString("latin1"));
    for (const name of [
      "sluice/export/v1/export.proto",
      "sluice/stream/v1/frame.proto",
      "google/protobuf/struct.proto",
    ]) {
      expect(files.some((text) => text.startsWith(name, 2))).toBe(true);
    }
  },
);

test("a drain says NOT_SERVING, refuses new calls, finishes the running one", async () => {
  await using fake = await harness({ SLUICE_GRACE_SECONDS: "20" });
  await using health = healthClient(fake.service.address);
  const seen = health.watch("sluice.export.v1.ExportService");
  await until(() => seen.length === 1);
  const gate = gatedStream();
  const running = exportThrough(fake.client, openOf([inlineBranch("a")]), gate.stream);
  await fake.logged("export started");

  const stopped = fake.service.stop();
  await until(() => seen.length === 3);
  expect(seen).toEqual(["SERVING", "NOT_SERVING", "code 14"]);
  const refused = await exportThrough(fake.client, openOf([inlineBranch("a")]));
  expect(refused.problem).toMatchObject({ grpcCode: 14, retryable: true });

  gate.open();
  expect((await running).summary?.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
  expect(await stopped).toBe(true);
  expect(await fake.service.stop()).toBe(true);
});

test("what outlasts the grace is cut short with a reason and leaves nothing", async () => {
  await using root = await temporaryFolder();
  await using fake = await harness({ SLUICE_OUTPUT_ROOT: root.path, SLUICE_GRACE_SECONDS: "600" });
  const gate = gatedStream();
  const running = exportThrough(fake.client, openOf([directoryBranch("a", "out")]), gate.stream);
  await until(async () => (await filesOf(root.path)).length > 0);
  const patient = fake.service.stop();
  const impatient = fake.service.stop(0);
  gate.open();
  expect((await running).problem).toMatchObject({ reason: "SHUTTING_DOWN", grpcCode: 14, retryable: true });
  expect(await patient).toBe(false);
  expect(await impatient).toBe(false);
  expect(await filesOf(root.path)).toEqual([]);
});

test("a port that is taken is named, with what to do", async () => {
  await using fake = await harness();
  const port = fake.service.address.split(":")[1]!;
  expect(await problemOf(harness({ SLUICE_PORT: port }))).toMatchObject({
    reason: "ADDRESS_IN_USE",
    got: fake.service.address,
    remedy: expect.stringContaining("SLUICE_PORT"),
  });
});

test("an address of another machine is refused", async () => {
  expect(await problemOf(harness({ SLUICE_HOST: "192.0.2.1" }))).toMatchObject({ reason: "ADDRESS_INVALID" });
});

test("an output folder that is missing, or is a file, stops the start", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "file");
  writeFileSync(file, "");
  for (const [root, code] of [
    [join(folder.path, "missing"), "ENOENT"],
    [file, "ENOTDIR"],
  ] as const) {
    expect(await problemOf(harness({ SLUICE_OUTPUT_ROOT: root }))).toMatchObject({
      reason: "OUTPUT_ROOT_UNUSABLE",
      field: "SLUICE_OUTPUT_ROOT",
      message: `This folder cannot be written to. (${code})`,
    });
  }
});

test("a service listens on IPv6", async () => {
  await using fake = await harness({ SLUICE_HOST: "::1" });
  expect(fake.service.address).toMatch(/^\[::1\]:\d+$/);
  expect((await fake.client.listFormats()).formats).toHaveLength(1);
});

test("a service listens on a unix socket and removes it at its end", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "sluice.sock");
  {
    await using fake = await harness({ SLUICE_HOST: `unix:${path}` });
    expect(fake.service.address).toBe(`unix:${path}`);
    expect((await fake.client.listFormats()).formats).toHaveLength(1);
  }
  expect(lstatSync(path, { throwIfNoEntry: false })).toBeUndefined();
});

test("a socket that a killed process left behind is taken over", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "sluice.sock");
  const script = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  await once(spawn(process.execPath, ["-e", script]), "exit");
  expect(lstatSync(path).isSocket()).toBe(true);
  await using fake = await harness({ SLUICE_HOST: `unix:${path}` });
  expect((await fake.client.listFormats()).formats).toHaveLength(1);
});

test("a socket that answers, or a file that is no socket, is left alone", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "sluice.sock");
  const other = createServer().listen(path);
  await once(other, "listening");
  expect(await problemOf(harness({ SLUICE_HOST: `unix:${path}` }))).toMatchObject({ reason: "ADDRESS_IN_USE" });
  other.close();
  const file = join(folder.path, "notes.txt");
  writeFileSync(file, "mine");
  expect(await problemOf(harness({ SLUICE_HOST: `unix:${file}` }))).toMatchObject({ reason: "ADDRESS_INVALID" });
  expect(lstatSync(file).size).toBe(4);
});

async function problemOf(started: Promise<AsyncDisposable>) {
  try {
    await (await started)[Symbol.asyncDispose]();
  } catch (error) {
    if (error instanceof SluiceError) return error.problem;
    throw error;
  }
  throw new Error("It started.");
}

function healthClient(address: string) {
  const client = new (makeClientConstructor(healthService, "Health"))(address, credentials.createInsecure());
  return {
    check: (service: string) =>
      new Promise<string>((resolve, reject) => {
        client.Check!({ service }, (error: Error | null, answer: { status: string }) =>
          error ? reject(error) : resolve(answer.status),
        );
      }),
    watch: (service: string): string[] => {
      const seen: string[] = [];
      const call = client.Watch!({ service });
      call.on("data", (answer: { status: string }) => seen.push(answer.status));
      call.on("error", (error: { code: number }) => seen.push(`code ${error.code}`));
      return seen;
    },
    [Symbol.asyncDispose]: async () => client.close(),
  };
}

interface Answer {
  readonly list_services_response: { readonly service: readonly { readonly name: string }[] };
  readonly file_descriptor_response: { readonly file_descriptor_proto: readonly Buffer[] };
}

/** Asks the reflection service two questions. */
async function reflect(address: string, version: string, questions: readonly [object, object]) {
  const folder = join(dirname(createRequire(import.meta.url).resolve("@grpc/reflection")), "../proto");
  const definition = loadSync(`grpc/reflection/${version}/reflection.proto`, { includeDirs: [folder], keepCase: true });
  const service = definition[`grpc.reflection.${version}.ServerReflection`] as ServiceDefinition;
  const client = new (makeClientConstructor(service, "ServerReflection"))(address, credentials.createInsecure());
  const call = client.ServerReflectionInfo!();
  for (const question of questions) call.write(question);
  call.end();
  const answers = await collect<Answer>(call);
  client.close();
  return answers as [Answer, Answer];
}
