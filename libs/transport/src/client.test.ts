import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { expect, test } from "@jest/globals";
import { SluiceError } from "@sluice/core";
import { problemOf } from "@sluice/core/testing";
import type { ListFormatsResponse } from "@sluice/proto";
import { ExportClient } from "./client.ts";
import { exportServiceDefinition } from "./definition.ts";
import type { ClientTls } from "./endpoint.ts";
import { readExport } from "./reader.ts";
import { sendExport } from "./send-export.ts";
import { createServer } from "./server.ts";
import { createAuthority } from "./testing/certificates.ts";
import { type Loopback, type LoopbackOptions, loopback, outcomeOf } from "./testing/loopback.ts";
import { openOf, streamOf } from "./testing/streams.ts";

const formats: ListFormatsResponse = { formats: [], problems: [] };

/** A service that lists no formats and drains exports. */
function service(options: LoopbackOptions = {}): Promise<Loopback> {
  const drain = async (call: Parameters<Parameters<typeof loopback>[0]>[0]) => {
    const { stream } = await readExport(call);
    for await (const _ of stream.frames);
    call.end();
  };
  return loopback(drain, { listFormats: async () => formats, ...options });
}

async function exportOnce(client: ExportClient) {
  const call = client.export();
  const ended = outcomeOf(call);
  await sendExport(call, openOf(), streamOf(3, 1_000_000));
  return ended;
}

test("the token goes with every call, unary or not, with or without TLS", async () => {
  const seen: unknown[] = [];
  const interceptor: grpc.ServerInterceptor = (method, call) =>
    new grpc.ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, receive) => {
            seen.push([method.path.split("/").at(-1), ...metadata.get("authorization")]);
            receive(metadata);
          },
        }),
    });
  await using link = await service({ interceptors: [interceptor], endpoint: { token: "secret" } });
  expect(await link.client.listFormats()).toEqual(formats);
  expect(await exportOnce(link.client)).toMatchObject({ problem: undefined });
  expect(seen).toEqual([
    ["ListFormats", "Bearer secret"],
    ["Export", "Bearer secret"],
  ]);
});

test("client interceptors see every call", async () => {
  const seen: string[] = [];
  const interceptor: grpc.Interceptor = (options, next) => {
    seen.push(options.method_definition.path);
    return new grpc.InterceptingCall(next(options));
  };
  await using link = await service({ endpoint: { interceptors: [interceptor] } });
  await link.client.listFormats();
  await exportOnce(link.client);
  expect(seen).toEqual([exportServiceDefinition.listFormats.path, exportServiceDefinition.export.path]);
});

test("an abort ends a unary call with its reason, before and during the call", async () => {
  const reason = new SluiceError({ reason: "INTERRUPTED", message: "The user pressed Ctrl-C." });
  const controller = new AbortController();
  let calls = 0;
  await using link = await service({
    listFormats: (call) => {
      calls += 1;
      controller.abort(reason);
      return new Promise((resolve) => call.once("cancelled", () => resolve(formats)));
    },
  });
  await expect(link.client.listFormats(controller.signal)).rejects.toBe(reason);
  await expect(link.client.listFormats(controller.signal)).rejects.toBe(reason);
  expect(() => link.client.export({ signal: controller.signal })).toThrow(reason);
  expect(calls).toBe(1);
});

test("calls take turns among the addresses of a service", async () => {
  await using one = await service();
  await using two = await service();
  const client = new ExportClient({ address: `ipv4:127.0.0.1:${one.port},127.0.0.1:${two.port}` });
  // Until both are connected, calls go to the first that is.
  while (one.faults.length === 0 || two.faults.length === 0) await exportOnce(client);
  const before = [one.faults.length, two.faults.length] as const;
  for (let count = 0; count < 4; count += 1) await exportOnce(client);
  expect([one.faults.length - before[0], two.faults.length - before[1]]).toEqual([2, 2]);
  client.close();
});

test("a proxy of the environment is not asked for a service on this machine", async () => {
  process.env.http_proxy = "http://127.0.0.1:1";
  try {
    await using link = await service();
    expect(await link.client.listFormats()).toEqual(formats);
  } finally {
    delete process.env.http_proxy;
  }
});

const authority = createAuthority();
const server = authority.issue("sluice.test");
const laboratory = authority.issue("laboratory");
const stranger = createAuthority().issue("stranger");

function tlsService(isMutual: boolean, tls: ClientTls): Promise<Loopback> {
  const pair = { cert_chain: server.certificate, private_key: server.key };
  const credentials = grpc.ServerCredentials.createSsl(authority.certificate, [pair], isMutual);
  return service({ credentials, endpoint: { tls: { serverName: "sluice.test", ...tls } } });
}

test("TLS: the server's authority is checked", async () => {
  await using known = await tlsService(false, { ca: authority.certificate });
  expect(await exportOnce(known.client)).toMatchObject({ problem: undefined });
  await using unknown = await tlsService(false, {});
  expect(await problemOf(() => unknown.client.listFormats())).toMatchObject({
    reason: "SERVICE_UNAVAILABLE",
    got: expect.stringMatching(/certificate/),
  });
});

test("TLS: the server's name is checked", async () => {
  await using named = await tlsService(false, { ca: authority.certificate });
  expect(await named.client.listFormats()).toEqual(formats);
  await using misnamed = await tlsService(false, { ca: authority.certificate, serverName: "other.test" });
  expect(await problemOf(() => misnamed.client.listFormats())).toMatchObject({
    reason: "SERVICE_UNAVAILABLE",
    got: expect.stringContaining("other.test"),
  });
});

test("mutual TLS: a client without a certificate, or with another authority's, gets nothing", async () => {
  const ca = authority.certificate;
  await using known = await tlsService(true, { ca, ...laboratory });
  expect(await exportOnce(known.client)).toMatchObject({ problem: undefined });
  for (const identity of [{}, stranger]) {
    await using unknown = await tlsService(true, { ca, ...identity });
    expect(await problemOf(() => unknown.client.listFormats())).toMatchObject({ reason: "SERVICE_UNAVAILABLE" });
  }
});

test("a service behind a unix socket is reached by its path", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-"));
  const address = `unix:${join(folder, "service.sock")}`;
  const local = createServer();
  local.addService(exportServiceDefinition, {
    listFormats: (_call: unknown, answer: grpc.sendUnaryData<ListFormatsResponse>) => answer(null, formats),
  });
  await new Promise((resolve, reject) => {
    local.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve(0)));
  });
  const client = new ExportClient({ address });
  expect(await client.listFormats()).toEqual(formats);
  client.close();
  local.forceShutdown();
  await rm(folder, { recursive: true });
  expect(existsSync(folder)).toBe(false);
});
