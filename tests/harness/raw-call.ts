import type * as grpc from "@grpc/grpc-js";
import { type DatasetStream, headerFrames, payloadBytes } from "@sluice/core";
import {
  type ArtifactBegin,
  type BranchReport,
  type Delivery,
  ExportOpen,
  type ExportResponse,
  type ExportSummary,
  FailurePolicy,
  type Frame,
  type Problem,
} from "@sluice/proto";
import {
  type CallLimits,
  type ExportCall,
  type ExportClient,
  encodeFrame,
  encodeOpen,
  problemOf,
} from "@sluice/transport";

/** Everything that one Export call answered. */
export interface Answer {
  /** Name of the first event and of all that follow, without repetitions. */
  readonly events: readonly string[];
  /** Warnings that were told on the way, in events of progress. */
  readonly told: readonly Problem[];
  /** Inline artifacts that came to their end, by `BRANCH/PATH`. */
  readonly artifacts: ReadonlyMap<string, Buffer>;
  readonly reports: readonly BranchReport[];
  readonly summary: ExportSummary | undefined;
  /** Why the call did not end OK. */
  readonly problem: Problem | undefined;
  /** True when the problem came in the status details, so that it is the service's own word. */
  readonly detailed: boolean;
}

/** What is wanted of one branch; inline delivery of ome-tiff unless it says otherwise. */
export interface BranchWish {
  readonly delivery?: Delivery;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly format?: string;
}

/** An opening message for branches of ome-tiff, by branch id. */
export function openFor(
  branches: Readonly<Record<string, BranchWish>>,
  failurePolicy: FailurePolicy = FailurePolicy.FAILURE_POLICY_CONTINUE,
): ExportOpen {
  return ExportOpen.fromPartial({
    jobId: "00000000-0000-4000-8000-000000000001",
    failurePolicy,
    branches: Object.entries(branches).map(
      ([branchId, { delivery = inline(branchId), options, format = "ome-tiff" }]) => ({
        branchId,
        format,
        delivery,
        ...(options && { options }),
      }),
    ),
  });
}

/** Delivery of bytes on the call. */
export function inline(name: string): Delivery {
  return { target: { $case: "inline", value: {} }, name, withoutSha256: false };
}

/** Delivery into a directory of the service. */
export function intoDirectory(name: string, directory = "", overwrite = false): Delivery {
  return { target: { $case: "directory", value: { directory, overwrite } }, name, withoutSha256: false };
}

/** All frames of a stream as they are sent: header, data, StreamEnd. Their place in the list is their sequence. */
export async function framesOf({ header, frames }: DatasetStream): Promise<Frame[]> {
  const sent = headerFrames(header);
  for await (const frame of frames) sent.push(frame);
  return [...sent, streamEnd(sent)];
}

/** The StreamEnd that fits these frames. */
export function streamEnd(frames: readonly Frame[]): Frame {
  const bytes = frames.reduce((sum, frame) => sum + payloadBytes(frame), 0);
  return { sequence: 0, content: { $case: "streamEnd", value: { frames: frames.length, bytes, warnings: [] } } };
}

/** The encoded messages of a call. */
export function encodeFrames(open: ExportOpen, frames: readonly Frame[]): Buffer[] {
  return [encodeOpen(open), ...frames.map((frame, index) => encodeFrame(frame, index + 1))];
}

/** The encoded messages of a whole, valid call. */
export async function encodeCall(open: ExportOpen, stream: DatasetStream): Promise<Buffer[]> {
  return encodeFrames(open, await framesOf(stream));
}

/** Sends messages as they are and half-closes; gives what came back. */
export async function sendMessages(
  client: ExportClient,
  messages: Iterable<Buffer>,
  limits?: CallLimits,
): Promise<Answer> {
  const call = client.export(limits);
  const answer = readAnswer(call);
  for (const message of messages) call.write(message);
  call.end();
  return answer;
}

/** Collects the answer of a call to its end; never fails. */
export function readAnswer(call: ExportCall): Promise<Answer> {
  const events: string[] = [];
  const told: Problem[] = [];
  const reports: BranchReport[] = [];
  const open = new Map<string, { begin: ArtifactBegin; bytes: Buffer }>();
  const artifacts = new Map<string, Buffer>();
  let summary: ExportSummary | undefined;
  call.on("data", ({ branchId, event }: ExportResponse) => {
    if (event === undefined) return;
    if (!events.includes(event.$case)) events.push(event.$case);
    switch (event.$case) {
      case "artifactBegin":
        open.set(`${branchId}/${event.value.artifactId}`, { begin: event.value, bytes: Buffer.alloc(0) });
        break;
      case "artifactChunk": {
        const artifact = open.get(`${branchId}/${event.value.artifactId}`);
        if (!artifact) throw new Error("bytes of an artifact that did not begin");
        const { offset, data } = event.value;
        const size = Math.max(artifact.bytes.length, offset + data.length);
        artifact.bytes = Buffer.concat([artifact.bytes], size);
        artifact.bytes.set(data, offset);
        break;
      }
      case "artifactEnd": {
        const artifact = open.get(`${branchId}/${event.value.artifactId}`);
        if (artifact) artifacts.set(`${branchId}/${artifact.begin.path}`, artifact.bytes);
        break;
      }
      case "progress":
        told.push(...event.value.warnings);
        break;
      case "branchReport":
        reports.push(event.value);
        break;
      case "summary":
        summary = event.value;
        break;
      default:
    }
  });
  return new Promise((resolve) => {
    let error: unknown;
    call.on("error", (reason: unknown) => (error = reason));
    const settle = () => {
      const problem = error === undefined ? undefined : problemOf(error);
      resolve({ events, told, artifacts, reports, summary, problem, detailed: hasDetails(error) });
    };
    // A good status comes before the last responses are read. A bad one comes before or after the error of the same
    // ending: a turn of the event loop later both are there.
    call.on("status", ({ code }) => (code === 0 ? call.on("end", settle) : setImmediate(settle)));
  });
}

function hasDetails(error: unknown): boolean {
  const { metadata } = (error ?? {}) as Partial<grpc.ServiceError>;
  return (metadata?.get("grpc-status-details-bin").length ?? 0) > 0;
}
