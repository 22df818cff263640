import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { decodeMetrics, decodeSpans, type ReceivedMetric, type ReceivedSpan } from "./otlp-decode.ts";

/** A real OTLP/gRPC receiver in this process, as a collector would be. */
export interface OtlpReceiver extends AsyncDisposable {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:PORT". */
  readonly endpoint: string;
  /** Spans so far, in the order of their arrival. */
  readonly spans: readonly ReceivedSpan[];
  /** Metrics so far; the same one comes again with each export. */
  readonly metrics: readonly ReceivedMetric[];
}

/** Starts a receiver on a free port. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const metrics: ReceivedMetric[] = [];
  const server = new Server();
  server.addService(collector("trace", "TraceService"), {
    export: answering((request) => spans.push(...decodeSpans(request))),
  });
  server.addService(collector("metrics", "MetricsService"), {
    export: answering((request) => metrics.push(...decodeMetrics(request))),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    metrics,
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
    },
  };
}

function collector(signal: string, service: string) {
  const raw = (bytes: Buffer) => bytes;
  return {
    export: {
      path: `/opentelemetry.proto.collector.${signal}.v1.${service}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: raw,
      requestDeserialize: raw,
      responseSerialize: raw,
      responseDeserialize: raw,
    },
  };
}

/** Answers with an empty response: everything was taken. */
function answering(take: (request: Buffer) => void) {
  return (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>): void => {
    take(call.request);
    answer(null, Buffer.alloc(0));
  };
}
