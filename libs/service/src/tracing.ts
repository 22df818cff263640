import {
  InterceptingCall,
  type Interceptor,
  ListenerBuilder,
  type Metadata,
  RequesterBuilder,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  status,
} from "@grpc/grpc-js";
import {
  type Attributes,
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type TextMapSetter,
  trace,
} from "@opentelemetry/api";
import { cancellation } from "@sluice/transport";
import { isHealthMethod, isReflectionMethod } from "./methods.ts";
import { tracer } from "./tracer.ts";

const getter: TextMapGetter<Metadata> = {
  get: (metadata, key) => metadata.get(key)[0]?.toString(),
  keys: (metadata) => Object.keys(metadata.getMap()),
};
const setter: TextMapSetter<Metadata> = { set: (metadata, key, value) => metadata.set(key, value) };

// Statuses that a server span counts as errors (OpenTelemetry semantic conventions for gRPC, "Server"), and CANCELLED:
// an export that was cut short is worth finding.
const serverErrors: ReadonlySet<number> = new Set([
  status.CANCELLED,
  status.UNKNOWN,
  status.DEADLINE_EXCEEDED,
  status.UNIMPLEMENTED,
  status.INTERNAL,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);

/** What is known of a call when it is over. */
export interface CallOutcome {
  /** "sluice.export.v1.ExportService/Export". */
  readonly method: string;
  readonly code: number;
  readonly seconds: number;
}

/**
 * A span for every call that a server takes, a child of the caller's span, active inside the handler and in all that it
 * starts. Health checks and reflection have none.
 *
 * Written here because the automatic instrumentation of grpc-js is silent under ESM without a loader hook, and calls a
 * cancelled stream OK.
 */
export function serverTracing(onEnd: (outcome: CallOutcome) => void): ServerInterceptor {
  return ({ path }, call) => {
    if (isHealthMethod(path) || isReflectionMethod(path)) return new ServerInterceptingCall(call);
    const begin = performance.now();
    const method = path.slice(1);
    let active: Context = context.active();
    let span: Span | undefined;
    const end = (code: number, details: string) => {
      if (!span) return;
      endCall(span, code, details, serverErrors.has(code));
      span = undefined;
      onEnd({ method, code, seconds: (performance.now() - begin) / 1000 });
    };
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        const parent = propagation.extract(context.active(), metadata, getter);
        span = tracer().startSpan(method, { kind: SpanKind.SERVER, attributes: callAttributes(method) }, parent);
        active = trace.setSpan(parent, span);
        context.with(active, next, undefined, metadata);
      })
      .withOnReceiveMessage((message, next) => context.with(active, next, undefined, message))
      .withOnReceiveHalfClose((next) => context.with(active, next))
      .withOnCancel(() => {
        const { grpcCode, message } = cancellation(call).problem;
        end(grpcCode, message);
      })
      .build();
    return new ServerInterceptingCall(call, {
      start: (next) => next(listener),
      sendStatus: (answer, next) => {
        end(answer.code ?? status.UNKNOWN, answer.details ?? "");
        next(answer);
      },
    });
  };
}

/** A span for every call to the server at `address`, a child of the active span, whose context travels along (W3C). */
export function clientTracing(address: string): Interceptor {
  return (options, nextCall) => {
    const method = options.method_definition.path.slice(1);
    const attributes = { ...callAttributes(method), ...addressAttributes(address) };
    const span = tracer().startSpan(method, { kind: SpanKind.CLIENT, attributes });
    const active = trace.setSpan(context.active(), span);
    const requester = new RequesterBuilder()
      .withStart((metadata, listener, next) => {
        const carrier = metadata.clone();
        propagation.inject(active, carrier, setter);
        const ending = new ListenerBuilder()
          .withOnReceiveStatus((answer, pass) => {
            endCall(span, answer.code, answer.details, answer.code !== status.OK);
            pass(answer);
          })
          .build();
        next(carrier, ending);
      })
      .build();
    return new InterceptingCall(nextCall(options), requester);
  };
}

function callAttributes(method: string): Attributes {
  return { "rpc.system.name": "grpc", "rpc.method": method };
}

function addressAttributes(address: string): Attributes {
  const match = /^(?:dns:\/*)?(.+):(\d+)$/.exec(address);
  if (!match || address.startsWith("unix:")) return { "server.address": address.replace(/^unix:(\/\/)?/, "") };
  return { "server.address": match[1]!, "server.port": Number(match[2]) };
}

function endCall(span: Span, code: number, details: string, isError: boolean): void {
  const name = status[code] ?? String(code);
  span.setAttribute("rpc.response.status_code", name);
  if (isError) {
    span.setAttribute("error.type", name);
    span.setStatus({ code: SpanStatusCode.ERROR, message: details });
  }
  span.end();
}
