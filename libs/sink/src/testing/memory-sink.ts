import { createHash } from "node:crypto";
import type { ArtifactSink } from "@sluice/core";
import type { Artifact } from "@sluice/proto";
import { storeSink } from "../store-sink.ts";

/** A sink that keeps its artifacts in memory, for tests of exporters. It holds exporters to the same rules as every sink. */
export interface MemorySink extends ArtifactSink {
  /** Bytes of the artifacts that were closed, by path, in the order in which they were closed; empty after `discard`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What is known of the artifacts that were closed; empty after `discard`. */
  readonly artifacts: readonly Artifact[];
  readonly committed: boolean;
  /** Reason given to `discard`, if it was called before `commit`. */
  readonly discarded: string | undefined;
}

/** Opens an empty memory sink. */
export function memorySink(): MemorySink {
  const files = new Map<string, Uint8Array>();
  const artifacts: Artifact[] = [];
  const outcome = { committed: false, discarded: undefined as string | undefined };
  const sink = storeSink(() => ({
    open: async () => {
      const pieces: Uint8Array[] = [];
      let head: Uint8Array = new Uint8Array(0);
      return {
        append: async (bytes) => void pieces.push(bytes.slice()),
        replaceHead: async (bytes) => {
          head = bytes.slice();
        },
        finish: async (closed) => {
          const whole = joined(pieces);
          whole.set(head);
          const sha256 = new Uint8Array(createHash("sha256").update(whole).digest());
          files.set(closed.path, whole);
          artifacts.push({ ...closed, uri: `memory:${closed.path}`, sha256 });
        },
      };
    },
    prepare: async () => [...artifacts],
    commit: async () => {
      outcome.committed = true;
    },
    discard: async (reason) => {
      outcome.discarded = reason;
      files.clear();
      artifacts.length = 0;
    },
  }));
  return {
    create: (path, mediaType, layout) => sink.create(path, mediaType, layout),
    prepare: () => sink.prepare(),
    commit: () => sink.commit(),
    discard: (reason) => sink.discard(reason),
    files,
    artifacts,
    get committed() {
      return outcome.committed;
    },
    get discarded() {
      return outcome.discarded;
    },
  };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
