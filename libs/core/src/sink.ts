import type { Artifact, Delivery, Encoding } from "@sluice/proto";

/**
 * Keeps the artifacts of one branch. Nothing is visible before `commit`; after `discard` nothing is left.
 *
 * Exporters call `create` alone. The job calls `prepare` on every sink (bytes durable, digests known), writes the
 * receipt, then commits them all, so that the artifacts of an export appear together or not at all.
 */
export interface ArtifactSink {
  create(path: string, mediaType: string, layout?: ArtifactLayout): Promise<ArtifactWriter>;
  prepare(): Promise<Artifact[]>;
  commit(): Promise<void>;
  discard(reason: string): Promise<void>;
  /** Set when a remote exporter is to have its service keep the artifacts, where this says; `create` is refused then. */
  readonly delivery?: Delivery | undefined;
}

/** What an exporter promises of an artifact before its first byte. */
export interface ArtifactLayout {
  /**
   * The head will not be rewritten. The digest is then ready with the last byte, and bytes may leave at once; without
   * the promise a file is read once more for its digest. Default: false.
   */
  readonly appendOnly?: boolean;
}

/** Appends bytes to one artifact. Bytes are handed over: the caller does not change them after the call. */
export interface ArtifactWriter {
  /** Bytes appended so far: the offset of the next write. */
  readonly position: number;
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Makes all bytes so far durable, then replaces those from offset 0 as `rewriteHead` does, durably; as often as wanted,
   * and more may be appended. What a process leaves that is killed later can be read up to here, where the format knows
   * how. Missing where bytes that left cannot be replaced: object stores, and artifacts that travel inline.
   */
  readonly checkpoint?: ((head: Uint8Array) => Promise<void>) | undefined;
  /** Replaces bytes from offset 0, at most once and at most {@link maximumHeadBytes}, inside what was written. */
  rewriteHead(bytes: Uint8Array): Promise<void>;
  close(details?: ArtifactDetails): Promise<void>;
}

/** What the exporter knows of a finished artifact. */
export interface ArtifactDetails {
  readonly formatVersion?: string;
  readonly encoding?: Encoding;
}

/** The reserved head that a writer may replace: an object store keeps its first part (5 MiB) back until close. */
export const maximumHeadBytes = 64 * 1024;
