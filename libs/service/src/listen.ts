import { once } from "node:events";
import { lstatSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import type { Server, ServerCredentials } from "@grpc/grpc-js";
import { Code, SluiceError } from "@sluice/core";

/**
 * Binds a server: "unix:PATH" as host, or a host name or IP address with a port, 0 for any free one. A unix socket that
 * a dead process left behind is removed; one that answers is not.
 *
 * @returns the address that clients may call
 */
export async function listen(
  server: Server,
  credentials: ServerCredentials,
  host: string,
  port: number,
): Promise<string> {
  const unixPath = /^unix:(?:\/\/)?(.+)$/.exec(host)?.[1];
  if (unixPath !== undefined) await removeStaleSocket(unixPath, host);
  const place = unixPath === undefined ? (host.includes(":") ? `[${host}]` : host) : host;
  const address = unixPath === undefined ? `${place}:${port}` : host;
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, credentials, (error, actual) =>
      error ? reject(bindError(address, error)) : resolve(actual),
    );
  });
  return unixPath === undefined ? `${place}:${bound}` : host;
}

async function removeStaleSocket(path: string, address: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw bindError(address, new Error("EEXIST: there is a file of this name that is no socket"));
  const socket = connect(path);
  try {
    await once(socket, "connect");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ECONNREFUSED") throw bindError(address, error as Error);
    unlinkSync(path);
    return;
  } finally {
    socket.destroy();
  }
  throw bindError(address, new Error("EADDRINUSE"));
}

// grpc-js puts the system's code into the text of its error.
const causes: readonly {
  readonly pattern: RegExp;
  readonly reason: string;
  readonly message: string;
  readonly remedy: string;
}[] = [
  {
    pattern: /EADDRINUSE/,
    reason: "ADDRESS_IN_USE",
    message: "Another process listens on this address.",
    remedy: "Stop it, or set SLUICE_PORT to another port (0 takes any free one).",
  },
  {
    pattern: /EACCES|EPERM/,
    reason: "ADDRESS_FORBIDDEN",
    message: "This process may not listen on this address.",
    remedy: "Set SLUICE_PORT above 1023, or allow it.",
  },
  {
    pattern: /./s,
    reason: "ADDRESS_INVALID",
    message: "This machine cannot listen on this address.",
    remedy: "Set SLUICE_HOST to an address of this machine, such as 127.0.0.1 or 0.0.0.0.",
  },
];

function bindError(address: string, cause: Error): SluiceError {
  const { reason, message, remedy } = causes.find(({ pattern }) => pattern.test(cause.message))!;
  return new SluiceError(
    { reason, message, field: "SLUICE_HOST, SLUICE_PORT", got: address, remedy, grpcCode: Code.FAILED_PRECONDITION },
    { cause },
  );
}
