import { crc32c } from "@node-rs/crc32";
import { type ArtifactSink, type ArtifactWriter, Code, maximumHeadBytes, SluiceError } from "@sluice/core";
import type { ArtifactBegin, ArtifactChunk, ArtifactEnd } from "@sluice/proto";
import type { ArtifactEvent } from "./inline-sink.ts";

/** Takes the events of one branch, one after another. */
export interface ArtifactReceiver {
  /** Takes an event in. The bytes of a chunk are no longer needed when it has resolved. */
  receive(event: ArtifactEvent): Promise<void>;
  /** Throws ARTIFACT_CUT unless every artifact that began has come to its end. */
  end(): void;
}

/**
 * Writes the artifacts that an inline sink sends into another sink; it neither prepares, commits nor discards that sink.
 * Nothing that comes is believed: checksums, order of offsets, handles and sizes are checked.
 *
 * @throws ARTIFACT_HANDLE_INVALID, ARTIFACT_CHECKSUM_WRONG, ARTIFACT_OFFSET_WRONG, ARTIFACT_SIZE_WRONG (by `receive`)
 *   and what the sink throws, such as ARTIFACT_PATH_INVALID; after any of them discard the sink
 */
export function receiveArtifacts(sink: ArtifactSink): ArtifactReceiver {
  return new Receiver(sink);
}

interface Arriving {
  readonly path: string;
  readonly appendOnly: boolean;
  readonly writer: ArtifactWriter;
  rewritten: boolean;
}

class Receiver implements ArtifactReceiver {
  readonly #sink: ArtifactSink;
  readonly #arriving = new Map<number, Arriving>();
  readonly #known = new Set<number>();

  constructor(sink: ArtifactSink) {
    this.#sink = sink;
  }

  receive({ $case, value }: ArtifactEvent): Promise<void> {
    switch ($case) {
      case "artifactBegin":
        return this.#begin(value);
      case "artifactChunk":
        return this.#chunk(value);
      case "artifactEnd":
        return this.#end(value);
    }
  }

  end(): void {
    const [cut] = this.#arriving.values();
    if (cut === undefined) return;
    throw broken({
      reason: "ARTIFACT_CUT",
      message: "The stream ended in the middle of an artifact.",
      field: `artifacts.${cut.path}`,
      got: `${cut.writer.position} bytes and no end`,
      allowed: [],
      retryable: true,
    });
  }

  async #begin({ artifactId, path, mediaType, appendOnly }: ArtifactBegin): Promise<void> {
    if (artifactId < 1 || this.#known.has(artifactId)) throw badHandle(artifactId, ["a new handle, 1 or more"]);
    this.#known.add(artifactId);
    const writer = await this.#sink.create(path, mediaType, { appendOnly });
    this.#arriving.set(artifactId, { path, appendOnly, writer, rewritten: false });
  }

  async #chunk({ artifactId, offset, data, crc32c: expected }: ArtifactChunk): Promise<void> {
    const artifact = this.#arrivingAs(artifactId);
    const { writer, path, rewritten, appendOnly } = artifact;
    const field = `artifacts.${path}`;
    if (expected !== undefined && crc32c(data) !== expected) {
      throw broken({
        reason: "ARTIFACT_CHECKSUM_WRONG",
        message: `The ${data.length} bytes at offset ${offset} were damaged on their way.`,
        field,
        got: hexadecimal(crc32c(data)),
        allowed: [hexadecimal(expected)],
        retryable: true,
      });
    }
    if (offset === writer.position && !rewritten) return writer.write(data);
    const fits = data.length <= Math.min(maximumHeadBytes, writer.position);
    if (offset !== 0 || rewritten || appendOnly || !fits) {
      const head = `or once, at the end, 0 with at most ${maximumHeadBytes} bytes that replace the head`;
      throw broken({
        reason: "ARTIFACT_OFFSET_WRONG",
        message: "The bytes of an artifact do not follow on those before them.",
        field,
        got: `${data.length} bytes at offset ${offset}${rewritten ? " after the head was replaced" : ""}`,
        allowed: rewritten ? ["the end of the artifact"] : [`${writer.position}`, ...(appendOnly ? [] : [head])],
      });
    }
    artifact.rewritten = true;
    return writer.rewriteHead(data);
  }

  async #end({ artifactId, artifact }: ArtifactEnd): Promise<void> {
    const { writer, path } = this.#arrivingAs(artifactId);
    if (artifact?.size !== writer.position) {
      throw broken({
        reason: "ARTIFACT_SIZE_WRONG",
        message: "An artifact has not the size that its sender tells.",
        field: `artifacts.${path}`,
        got: `${writer.position} bytes`,
        allowed: [artifact ? `${artifact.size} bytes` : "an end with a descriptor"],
      });
    }
    this.#arriving.delete(artifactId);
    const { formatVersion, encoding } = artifact;
    await writer.close(encoding ? { formatVersion, encoding } : { formatVersion });
  }

  #arrivingAs(artifactId: number): Arriving {
    const found = this.#arriving.get(artifactId);
    if (found) return found;
    throw badHandle(artifactId, [...this.#arriving.keys()].map(String));
  }
}

function badHandle(artifactId: number, allowed: readonly string[]): SluiceError {
  return broken({
    reason: "ARTIFACT_HANDLE_INVALID",
    message: "An event names an artifact that is not open, or opens one twice.",
    field: "artifact_id",
    got: `${artifactId}`,
    allowed,
  });
}

function broken(parts: {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
  readonly got: string;
  readonly allowed: readonly string[];
  readonly retryable?: boolean;
}): SluiceError {
  return new SluiceError({
    ...parts,
    remedy: "Export again; if it happens again, the service that sends and this program do not fit together.",
    grpcCode: Code.DATA_LOSS,
  });
}

function hexadecimal(checksum: number): string {
  return `0x${(checksum >>> 0).toString(16).padStart(8, "0")}`;
}
