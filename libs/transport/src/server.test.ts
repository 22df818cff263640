import { once } from "node:events";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import * as grpc from "@grpc/grpc-js";
import { expect, test } from "@jest/globals";
import { ExportClient } from "./client.ts";
import { createAuthority } from "./testing/certificates.ts";
import { loopback, outcomeOf } from "./testing/loopback.ts";

const mebibyte = 1024 * 1024;

/** Receive windows that a server of this port announces: of each stream, and of the connection. */
async function windowsOf(port: number, ca?: Buffer) {
  const session = ca
    ? http2.connect(`https://127.0.0.1:${port}`, { ca, servername: "sluice.test" })
    : http2.connect(`http://127.0.0.1:${port}`);
  await once(session, "remoteSettings");
  // The connection's window comes in a frame of its own, behind the settings.
  await new Promise((resolve, reject) => session.ping((error) => (error ? reject(error) : resolve(undefined))));
  const windows = {
    stream: session.remoteSettings.initialWindowSize,
    connection: session.state.remoteWindowSize,
  };
  session.destroy();
  return windows;
}

test("a server announces a window of 1 MiB for streams and for connections", async () => {
  await using link = await loopback(async (call) => void call.end());
  expect(await windowsOf(link.port)).toEqual({ stream: mebibyte, connection: mebibyte });
});

test("so does one that speaks TLS", async () => {
  const authority = createAuthority();
  const { certificate, key } = authority.issue("sluice.test");
  const credentials = grpc.ServerCredentials.createSsl(null, [{ cert_chain: certificate, private_key: key }]);
  await using link = await loopback(async (call) => void call.end(), { credentials });
  expect(await windowsOf(link.port, authority.certificate)).toEqual({ stream: mebibyte, connection: mebibyte });
});

test("a client announces the same for what comes back", async () => {
  const server = http2.createServer();
  const windows = new Promise((resolve) => {
    server.on("session", (session) =>
      session.once("remoteSettings", ({ initialWindowSize }) =>
        // The connection's window comes in a frame of its own, behind the acknowledgement of our settings.
        session.ping(() => resolve({ stream: initialWindowSize, connection: session.state.remoteWindowSize })),
      ),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = new ExportClient({ address: `127.0.0.1:${(server.address() as AddressInfo).port}` });
  const call = client.export();
  const ended = outcomeOf(call);
  expect(await windows).toEqual({ stream: mebibyte, connection: mebibyte });
  call.cancel();
  expect((await ended).problem).toMatchObject({ reason: "CANCELLED" });
  client.close();
  server.close();
});

test("servers with other windows live in the same process", async () => {
  const [wide, usual] = await Promise.all([
    loopback(async (call) => void call.end(), { windowBytes: 8 * mebibyte }),
    loopback(async (call) => void call.end()),
  ]);
  expect(await windowsOf(wide.port)).toEqual({ stream: 8 * mebibyte, connection: 8 * mebibyte });
  expect(await windowsOf(usual.port)).toEqual({ stream: mebibyte, connection: mebibyte });
  await wide[Symbol.asyncDispose]();
  await usual[Symbol.asyncDispose]();
});

test("HTTP/2 servers of others keep the protocol's default", async () => {
  const server = http2.createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect(await windowsOf(port)).toEqual({ stream: 65_535, connection: 65_535 });
  server.close();
});
