// Reads the few fields of OTLP messages that tests look at (opentelemetry-proto 1.9, trace.proto and metrics.proto).
import { BinaryReader } from "@bufbuild/protobuf/wire";

/** A span as it arrived. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: a root. */
  readonly parentSpanId: string;
  /** "SERVER", "CLIENT" or "INTERNAL"; the number otherwise. */
  readonly kind: string;
  readonly startNanoseconds: bigint;
  readonly endNanoseconds: bigint;
  readonly attributes: Attributes;
  readonly isError: boolean;
}

/** A metric as it arrived: the sum of its data points' values, or for a histogram the count of its records. */
export interface ReceivedMetric {
  readonly service: string;
  readonly name: string;
  readonly unit: string;
  readonly total: number;
}

type Value = string | number | boolean | undefined;
type Attributes = Readonly<Record<string, Value>>;
/** What each known field does with the reader, which stands behind the field's tag. */
type Fields = Readonly<Record<number, (reader: BinaryReader) => void>>;

const spanKinds: Readonly<Record<number, string>> = { 1: "INTERNAL", 2: "SERVER", 3: "CLIENT" };

/** Spans of an encoded ExportTraceServiceRequest. */
export function decodeSpans(request: Uint8Array): ReceivedSpan[] {
  return decodeResources(request, (reader, service) => decodeSpan(reader, service));
}

/** Metrics of an encoded ExportMetricsServiceRequest. */
export function decodeMetrics(request: Uint8Array): ReceivedMetric[] {
  return decodeResources(request, (reader, service) => decodeMetric(reader, service));
}

/** Both requests are lists (1) of a resource (1) and its scopes (2), which hold the items (2). */
function decodeResources<Item>(request: Uint8Array, decode: (item: Uint8Array, service: string) => Item): Item[] {
  const items: Item[] = [];
  read(request, {
    1: (resources) => {
      let service = "";
      const encoded: Uint8Array[] = [];
      read(resources.bytes(), {
        1: (resource) => {
          service = String(decodeAttributes(resource.bytes(), 1)["service.name"] ?? "");
        },
        2: (scope) => read(scope.bytes(), { 2: (item) => void encoded.push(item.bytes()) }),
      });
      items.push(...encoded.map((item) => decode(item, service)));
    },
  });
  return items;
}

function decodeSpan(bytes: Uint8Array, service: string): ReceivedSpan {
  const span = {
    service,
    name: "",
    traceId: "",
    spanId: "",
    parentSpanId: "",
    kind: "",
    startNanoseconds: 0n,
    endNanoseconds: 0n,
    attributes: decodeAttributes(bytes, 9),
    isError: false,
  };
  read(bytes, {
    1: (reader) => (span.traceId = hex(reader.bytes())),
    2: (reader) => (span.spanId = hex(reader.bytes())),
    4: (reader) => (span.parentSpanId = hex(reader.bytes())),
    5: (reader) => (span.name = reader.string()),
    6: (reader) => {
      const kind = reader.int32();
      span.kind = spanKinds[kind] ?? String(kind);
    },
    7: (reader) => (span.startNanoseconds = BigInt(reader.fixed64())),
    8: (reader) => (span.endNanoseconds = BigInt(reader.fixed64())),
    15: (status) => read(status.bytes(), { 3: (reader) => (span.isError = reader.int32() === 2) }),
  });
  return span;
}

function decodeMetric(bytes: Uint8Array, service: string): ReceivedMetric {
  const metric = { service, name: "", unit: "", total: 0 };
  const numbers = (data: BinaryReader) =>
    read(data.bytes(), {
      1: (point) =>
        read(point.bytes(), {
          4: (reader) => (metric.total += reader.double()),
          6: (reader) => (metric.total += Number(reader.sfixed64())),
        }),
    });
  const histogram = (data: BinaryReader) =>
    read(data.bytes(), {
      1: (point) => read(point.bytes(), { 4: (reader) => (metric.total += Number(reader.fixed64())) }),
    });
  read(bytes, {
    1: (reader) => (metric.name = reader.string()),
    3: (reader) => (metric.unit = reader.string()),
    5: numbers,
    7: numbers,
    9: histogram,
  });
  return metric;
}

/** The KeyValues of one repeated field. */
function decodeAttributes(bytes: Uint8Array, field: number): Attributes {
  const attributes: Record<string, Value> = {};
  read(bytes, {
    [field]: (pair) => {
      let key = "";
      let value: Value;
      read(pair.bytes(), {
        1: (reader) => (key = reader.string()),
        2: (any) =>
          read(any.bytes(), {
            1: (reader) => (value = reader.string()),
            2: (reader) => (value = reader.bool()),
            3: (reader) => (value = Number(reader.int64())),
            4: (reader) => (value = reader.double()),
          }),
      });
      attributes[key] = value;
    },
  });
  return attributes;
}

function read(bytes: Uint8Array, fields: Fields): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    const known = fields[field];
    if (known) known(reader);
    else reader.skip(wireType);
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
