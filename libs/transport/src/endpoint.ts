import type * as grpc from "@grpc/grpc-js";

/** Where a service is and how to speak to it. */
export interface Endpoint {
  /** "host:port", "dns:///host:port" or "unix:/path". */
  readonly address: string;
  /** TLS when given; certificate and key for mutual TLS. PEM. */
  readonly tls?: ClientTls | undefined;
  /** Bearer token sent with every call. Without TLS it travels in the clear: use that on a trusted network alone. */
  readonly token?: string | undefined;
  readonly interceptors?: grpc.Interceptor[] | undefined;
  /** HTTP/2 receive window; default 1 MiB. It bounds what the service sends; the service sets its own for uploads. */
  readonly windowBytes?: number | undefined;
}

export interface ClientTls {
  /** Authorities that may have signed the server's certificate; default: those of Node. */
  readonly ca?: Buffer | undefined;
  readonly certificate?: Buffer | undefined;
  readonly key?: Buffer | undefined;
  /** Name that the server's certificate must carry, when it is not the address. */
  readonly serverName?: string | undefined;
}
