import { AsyncLocalStorage } from "node:async_hooks";
import http2 from "node:http2";

/** HTTP/2 receive window per stream and per connection. 65,535 bytes, the protocol's default, halve the rate and worse. */
export const defaultWindowBytes = 1024 * 1024;

const serverWindow = new AsyncLocalStorage<number>();

/**
 * Runs `bind` so that the HTTP/2 servers which it makes, now or after name resolution, get a wider receive window.
 *
 * grpc-js 1.14 reads `grpc-node.flow_control_window` on the client alone and leaves its servers at 65,535 bytes, per
 * stream and per connection (grpc-node pull request 3058 is open). So `node:http2` is wrapped; servers that are made
 * outside of `bind` are untouched.
 */
export function withServerWindow(windowBytes: number, bind: () => void): void {
  serverWindow.run(windowBytes, bind);
}

http2.createServer = widened(http2.createServer as MakeServer) as typeof http2.createServer;
http2.createSecureServer = widened(http2.createSecureServer as MakeServer) as typeof http2.createSecureServer;

// Both take options, which may be left out, and a listener.
type MakeServer = (options?: http2.ServerOptions | Listener, listener?: Listener) => http2.Http2Server;
type Listener = () => void;

function widened(make: MakeServer): MakeServer {
  return (options, listener) => {
    const windowBytes = serverWindow.getStore();
    if (windowBytes === undefined || typeof options === "function") return make(options, listener);
    const settings = { ...options?.settings, initialWindowSize: windowBytes };
    const server = make({ ...options, settings }, listener);
    server.on("session", (session: http2.ServerHttp2Session) => session.setLocalWindowSize(windowBytes));
    return server;
  };
}
