import type * as grpc from "@grpc/grpc-js";
import type { Endpoint } from "./endpoint.ts";
import { defaultWindowBytes } from "./server-window.ts";

/** Largest message that our servers and clients take. Chunks stay below 2 MiB; headers and table batches may not. */
export const defaultMaxMessageBytes = 16 * 1024 * 1024;

/** Milliseconds without traffic after which a peer is asked for a sign of life, and how long it may take to answer. */
export const keepalive = {
  "grpc.keepalive_time_ms": 60_000,
  "grpc.keepalive_timeout_ms": 20_000,
} as const;

/** Options of the channel to an endpoint. */
export function channelOptions({ address, tls, interceptors, windowBytes }: Endpoint): grpc.ClientOptions {
  return {
    ...keepalive,
    "grpc-node.flow_control_window": windowBytes ?? defaultWindowBytes,
    "grpc.max_receive_message_length": defaultMaxMessageBytes,
    // A stream cannot be resent by the transport, and its retry buffer reports writes before they have left.
    "grpc.enable_retries": 0,
    // A name with several addresses is a service with several instances: calls take turns. DNS gives no other advice.
    "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    "grpc.service_config_disable_resolution": 1,
    // By default a service that came back is found after up to two minutes.
    "grpc.initial_reconnect_backoff_ms": 500,
    "grpc.max_reconnect_backoff_ms": 5_000,
    // No proxy of the environment can reach this machine.
    "grpc.enable_http_proxy": isLocal(address) ? 0 : 1,
    ...(tls?.serverName && {
      "grpc.ssl_target_name_override": tls.serverName,
      "grpc.default_authority": tls.serverName,
    }),
    interceptors: interceptors ?? [],
  };
}

function isLocal(address: string): boolean {
  return /^unix:|^((dns|ipv4|ipv6):\/*)?(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(address);
}
