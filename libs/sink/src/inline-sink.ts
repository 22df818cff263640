import { createHash, type Hash } from "node:crypto";
import { crc32c } from "@node-rs/crc32";
import type { ArtifactSink } from "@sluice/core";
import type { Artifact, ExportResponse } from "@sluice/proto";
import type { ArtifactStore, ArtifactTarget, ClosedArtifact, OpenedArtifact } from "./artifact-store.ts";
import { storeSink } from "./store-sink.ts";
import { pieceBytes, WriteBuffer } from "./write-buffer.ts";

/** The events that carry artifacts. */
export type ArtifactEvent = Extract<
  NonNullable<ExportResponse["event"]>,
  { $case: "artifactBegin" | "artifactChunk" | "artifactEnd" }
>;

/**
 * Opens a sink that sends artifacts as events: a begin, chunks of at most 1 MiB in order of their offsets, perhaps one
 * more at offset 0 that replaces the head, and an end with the descriptor (`inline:PATH`). Artifacts may interleave.
 * Holds 2 MiB an open artifact. Nothing is called back at commit or discard: what tells the receiver which of the two
 * it should do is the branch's report.
 *
 * The descriptor of an artifact that was opened as append-only, or that is smaller than 1 MiB, holds the SHA-256 if it
 * is asked for. Of others it holds none: who receives them computes it from what was written.
 *
 * @param emit sends events in the order of the calls; it has taken the bytes of a chunk when it resolves
 */
export function inlineSink(
  emit: (event: ArtifactEvent) => Promise<void>,
  { sha256 }: { readonly sha256: boolean },
): ArtifactSink {
  return storeSink(() => new InlineStore(emit, sha256));
}

class InlineStore implements ArtifactStore {
  readonly #emit: (event: ArtifactEvent) => Promise<void>;
  readonly #sha256: boolean;
  readonly #targets: InlineTarget[] = [];

  constructor(emit: (event: ArtifactEvent) => Promise<void>, sha256: boolean) {
    this.#emit = emit;
    this.#sha256 = sha256;
  }

  async open({ path, mediaType, appendOnly }: OpenedArtifact): Promise<ArtifactTarget> {
    const artifactId = this.#targets.length + 1;
    const target = new InlineTarget(artifactId, this.#emit, this.#sha256, appendOnly);
    this.#targets.push(target);
    await this.#emit({ $case: "artifactBegin", value: { artifactId, path, mediaType, appendOnly } });
    return target;
  }

  async prepare(): Promise<Artifact[]> {
    return this.#targets.flatMap(({ artifact }) => artifact ?? []);
  }

  async commit(): Promise<void> {}

  async discard(): Promise<void> {
    await Promise.all(this.#targets.map((target) => target.idle()));
  }
}

class InlineTarget implements ArtifactTarget {
  artifact: Artifact | undefined;
  readonly #artifactId: number;
  readonly #emit: (event: ArtifactEvent) => Promise<void>;
  readonly #sha256: boolean;
  readonly #hash: Hash | undefined;
  readonly #buffer = new WriteBuffer((pieces, offset) => this.#send(pieces, offset), pieceBytes);

  constructor(artifactId: number, emit: (event: ArtifactEvent) => Promise<void>, sha256: boolean, appendOnly: boolean) {
    this.#artifactId = artifactId;
    this.#emit = emit;
    this.#sha256 = sha256;
    this.#hash = sha256 && appendOnly ? createHash("sha256") : undefined;
  }

  append(bytes: Uint8Array): Promise<void> {
    return this.#buffer.append(bytes);
  }

  async replaceHead(bytes: Uint8Array): Promise<void> {
    const whole = this.#buffer.whole();
    if (whole) return whole.set(bytes);
    await this.#buffer.flush();
    await this.#chunk(bytes, 0);
  }

  async finish(closed: ClosedArtifact): Promise<void> {
    const whole = this.#buffer.whole();
    const hash = this.#hash ?? (this.#sha256 && whole ? createHash("sha256").update(whole) : undefined);
    await this.#buffer.end();
    const sha256 = new Uint8Array(hash?.digest() ?? []);
    this.artifact = { ...closed, uri: `inline:${closed.path}`, sha256 };
    await this.#emit({ $case: "artifactEnd", value: { artifactId: this.#artifactId, artifact: this.artifact } });
  }

  /** Resolves when no event of this artifact is on its way. */
  idle(): Promise<void> {
    return this.#buffer.idle();
  }

  async #send(pieces: readonly Uint8Array[], offset: number): Promise<void> {
    let end = offset;
    for (const bytes of pieces) {
      for (let begin = 0; begin < bytes.length; begin += pieceBytes) {
        const piece = bytes.subarray(begin, begin + pieceBytes);
        this.#hash?.update(piece);
        await this.#chunk(piece, end);
        end += piece.length;
      }
    }
  }

  #chunk(data: Uint8Array, offset: number): Promise<void> {
    const value = { artifactId: this.#artifactId, offset, crc32c: crc32c(data), data };
    return this.#emit({ $case: "artifactChunk", value });
  }
}
