import { Code, type ProblemParts, SluiceError } from "@sluice/core";
import type { StreamEnd } from "@sluice/proto";
import type { FrameHead } from "./frame-decode.ts";
import { checkLimit, type StreamLimits } from "./stream-limits.ts";

/**
 * The order of a stream, and its limits: sequence 1, 2, 3, ...; the dataset; array and table specs; data; StreamEnd with
 * the right totals; nothing more.
 */
export class StreamOrder {
  readonly #limits: StreamLimits;
  #frames = 0;
  #bytes = 0;
  #headerBytes = 0;
  #arrays = 0;
  #tables = 0;
  #empty = 0;
  #state: "dataset" | "header" | "data" | "ended" = "dataset";

  /** @param openBytes length of the opening message */
  constructor(limits: StreamLimits, openBytes: number) {
    this.#limits = limits;
    this.#countHeader(openBytes);
  }

  /** True once StreamEnd has been accepted. */
  get ended(): boolean {
    return this.#state === "ended";
  }

  /** Frames accepted, the header's included, StreamEnd's not. */
  get frames(): number {
    return this.#frames;
  }

  /** Takes the next frame, or throws. The totals of a StreamEnd are checked by `acceptEnd`. */
  accept(head: FrameHead): void {
    const { kind, sequence } = head;
    if (this.#state === "ended") throw this.#refused("FRAME_AFTER_END", "A frame came after the stream's end.", head);
    if (sequence !== this.#frames + 1) throw this.#broken(sequence);
    if (this.#state === "dataset" && kind !== "dataset") {
      throw this.#refused("DATASET_MISSING", "The first frame must be the dataset.", head);
    }
    switch (kind) {
      case "dataset":
        if (this.#state !== "dataset") throw this.#refused("DATASET_REPEATED", "A stream carries one dataset.", head);
        this.#state = "header";
        this.#countHeader(head.end - head.start);
        break;
      case "array":
      case "table":
        this.#countSpec(head);
        break;
      case "streamEnd":
        return;
      default:
        this.#countData(head);
    }
    this.#frames += 1;
  }

  /** Compares the totals of the stream's end with what came. */
  acceptEnd(end: StreamEnd): void {
    if (end.frames !== this.#frames || end.bytes !== this.#bytes) {
      throw new SluiceError({
        reason: "TOTALS_DIFFER",
        message: "The stream's end does not count what was received.",
        field: "frames.stream_end",
        got: `${this.#frames} frames with ${this.#bytes} payload bytes`,
        allowed: [`${end.frames} frames with ${end.bytes} payload bytes, as the end says`],
        remedy: "Send the stream again; if it happens again, the client counts wrongly.",
        grpcCode: Code.DATA_LOSS,
        sequence: this.#frames + 1,
      });
    }
    this.#state = "ended";
  }

  /** The error of a stream that ends without its StreamEnd. */
  cut(): SluiceError {
    return new SluiceError({
      reason: "STREAM_CUT",
      message: "The stream ended without its end frame: data may be missing.",
      field: "frames",
      got: `${this.#frames} frames with ${this.#bytes} payload bytes`,
      allowed: ["a stream whose last frame is StreamEnd"],
      remedy: "Send the stream again, whole.",
      grpcCode: Code.DATA_LOSS,
      sequence: this.#frames + 1,
      retryable: true,
    });
  }

  #countSpec(head: FrameHead): void {
    if (this.#state !== "header") {
      throw this.#refused("SPEC_AFTER_DATA", "Array and table specs must come before the first data.", head);
    }
    this.#countHeader(head.end - head.start);
    if (head.kind === "array") checkLimit(this.#limits, "arrays", (this.#arrays += 1));
    else checkLimit(this.#limits, "tables", (this.#tables += 1));
  }

  #countData(head: FrameHead): void {
    this.#state = "data";
    this.#bytes += head.payloadBytes;
    checkLimit(this.#limits, "bytes", this.#bytes);
    if (head.payloadBytes === 0) checkLimit(this.#limits, "emptyFrames", (this.#empty += 1));
  }

  #countHeader(bytes: number): void {
    this.#headerBytes += bytes;
    checkLimit(this.#limits, "headerBytes", this.#headerBytes);
  }

  #broken(sequence: number): SluiceError {
    const expected = this.#frames + 1;
    return new SluiceError({
      reason: "SEQUENCE_BROKEN",
      message: sequence > expected ? "Frames are missing." : "A frame came again.",
      field: "frames.sequence",
      got: String(sequence),
      allowed: [String(expected)],
      remedy: "Number the frames 1, 2, 3, ... over the whole stream, and send each once.",
      grpcCode: Code.DATA_LOSS,
      sequence,
    });
  }

  #refused(reason: string, message: string, { kind, sequence }: FrameHead): SluiceError {
    const parts: ProblemParts = {
      reason,
      message,
      field: "frames",
      got: kind,
      remedy: "Send the dataset, all specs, the data, then the stream's end.",
      sequence,
    };
    return new SluiceError(parts);
  }
}
