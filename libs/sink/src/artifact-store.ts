import type { Artifact } from "@sluice/proto";

/** What is known of an artifact before its first byte. */
export interface OpenedArtifact {
  readonly path: string;
  readonly mediaType: string;
  readonly appendOnly: boolean;
}

/** What is known of an artifact once its writer is closed. */
export type ClosedArtifact = Omit<Artifact, "uri" | "sha256">;

/**
 * A place that keeps artifacts. `storeSink` makes an ArtifactSink of it and guards it: paths are checked and unique,
 * calls of one target come one after another and within the rules of ArtifactWriter, `prepare` comes when all targets
 * are finished, `commit` once after it, and `discard` at most once, when no other call is running any more.
 */
export interface ArtifactStore {
  open(artifact: OpenedArtifact): Promise<ArtifactTarget>;
  /** Makes all bytes durable and tells what is kept, in the order of `open`. Comes again if more artifacts follow. */
  prepare(): Promise<Artifact[]>;
  commit(): Promise<void>;
  discard(reason: string): Promise<void>;
}

/** Takes the bytes of one artifact. It must not keep `bytes` once a call has resolved. */
export interface ArtifactTarget {
  append(bytes: Uint8Array): Promise<void>;
  replaceHead(bytes: Uint8Array): Promise<void>;
  /** Makes what was appended durable, then the new head. Targets that cannot replace bytes before the end have none. */
  readonly checkpoint?: (head: Uint8Array) => Promise<void>;
  finish(artifact: ClosedArtifact): Promise<void>;
}
