import { Code, SluiceError } from "@sluice/core";

/** What one stream may ask of a service. */
export interface StreamLimits {
  /** Payload bytes of the whole stream. */
  readonly bytes: number;
  readonly arrays: number;
  readonly tables: number;
  /** Axes of an array. */
  readonly rank: number;
  /** Bytes of the opening message and all header frames. */
  readonly headerBytes: number;
  /** Frames that carry no payload, array ends included. */
  readonly emptyFrames: number;
  /** Seconds from the opening message to the stream's end. */
  readonly seconds: number;
}

export const defaultLimits: StreamLimits = {
  bytes: 16 * 1024 ** 4,
  arrays: 4_096,
  tables: 1_024,
  rank: 16,
  headerBytes: 8 * 1024 * 1024,
  emptyFrames: 100_000,
  seconds: 24 * 60 * 60,
};

const meanings: Readonly<Record<keyof StreamLimits, string>> = {
  bytes: "payload bytes",
  arrays: "arrays",
  tables: "tables",
  rank: "axes in one array",
  headerBytes: "bytes of header",
  emptyFrames: "frames without data",
  seconds: "seconds",
};

/** Throws LIMIT_EXCEEDED when the value is above the limit of that name. */
export function checkLimit(limits: StreamLimits, name: keyof StreamLimits, value: number): void {
  if (value > limits[name]) throw limitExceeded(limits, name, value);
}

/** The error of a stream that asks for too much. */
export function limitExceeded(limits: StreamLimits, name: keyof StreamLimits, value: number): SluiceError {
  return new SluiceError({
    reason: "LIMIT_EXCEEDED",
    message: `The stream has more ${meanings[name]} than this service allows.`,
    field: `limits.${name}`,
    got: String(value),
    allowed: [`at most ${limits[name]} ${meanings[name]}`],
    remedy: "Split the dataset, or ask the operator of the service for a higher limit.",
    grpcCode: Code.RESOURCE_EXHAUSTED,
  });
}
