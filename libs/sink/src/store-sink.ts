import {
  type ArtifactDetails,
  type ArtifactSink,
  type ArtifactWriter,
  Code,
  maximumHeadBytes,
  SluiceError,
} from "@sluice/core";
import type { Artifact } from "@sluice/proto";
import { ArtifactPaths } from "./artifact-path.ts";
import type { ArtifactStore, ArtifactTarget } from "./artifact-store.ts";

/** Makes a sink of a store: one place for the rules of ArtifactSink and ArtifactWriter. */
export function storeSink(store: ArtifactStore): ArtifactSink {
  return new StoreSink(store);
}

type State = "open" | "preparing" | "prepared" | "committing" | "committed" | "discarded";

class StoreSink implements ArtifactSink {
  readonly #store: ArtifactStore;
  readonly #paths = new ArtifactPaths();
  readonly #writers: StoreWriter[] = [];
  readonly #running = new Set<Promise<unknown>>();
  #state: State = "open";
  #discarded: Promise<void> | undefined;

  constructor(store: ArtifactStore) {
    this.#store = store;
  }

  create(path: string, mediaType: string): Promise<ArtifactWriter> {
    return this.#run(async () => {
      this.#expect("open", "create");
      this.#paths.claim(path);
      const target = await this.#store.open(path, mediaType);
      const writer = new StoreWriter(path, mediaType, target, (work) => this.#run(work));
      this.#writers.push(writer);
      if (this.#state === "discarded") writer.abandon();
      return writer;
    });
  }

  prepare(): Promise<Artifact[]> {
    return this.#run(async () => {
      this.#expect("open", "prepare");
      const unfinished = this.#writers.find((writer) => !writer.finished);
      if (unfinished) throw misuse("ARTIFACT_UNFINISHED", "An artifact was not closed.", unfinished.path);
      this.#state = "preparing";
      const artifacts = await this.#store.prepare();
      if (this.#state === "preparing") this.#state = "prepared";
      return artifacts;
    });
  }

  commit(): Promise<void> {
    return this.#run(async () => {
      this.#expect("prepared", "commit");
      this.#state = "committing";
      await this.#store.commit();
      this.#state = "committed";
    });
  }

  /** Leaves nothing behind. What was committed stays. May be called at any time, and again. */
  discard(reason: string): Promise<void> {
    this.#discarded ??= this.#discard(reason);
    return this.#discarded;
  }

  async #discard(reason: string): Promise<void> {
    if (this.#isCommitted()) return;
    for (const writer of this.#writers) writer.abandon();
    // A commit that is under way is let through: what it makes visible is complete and stays.
    if (this.#state !== "committing") this.#state = "discarded";
    await Promise.allSettled(this.#running);
    if (this.#isCommitted()) return;
    this.#state = "discarded";
    await this.#store.discard(reason);
  }

  #isCommitted(): boolean {
    return this.#state === "committed";
  }

  #expect(state: State, call: string): void {
    if (this.#state === state) return;
    throw misuse("SINK_STATE", `A sink that is ${this.#state} takes no ${call}.`, call);
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }
}

class StoreWriter implements ArtifactWriter {
  readonly path: string;
  readonly #mediaType: string;
  readonly #target: ArtifactTarget;
  readonly #track: <T>(work: () => Promise<T>) => Promise<T>;
  #last: Promise<void> = Promise.resolve();
  #position = 0;
  #state: "open" | "head rewritten" | "closed" | "discarded" = "open";
  finished = false;

  constructor(
    path: string,
    mediaType: string,
    target: ArtifactTarget,
    track: <T>(work: () => Promise<T>) => Promise<T>,
  ) {
    this.path = path;
    this.#mediaType = mediaType;
    this.#target = target;
    this.#track = track;
  }

  get position(): number {
    return this.#position;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#state !== "open") throw this.#refused("write");
    if (bytes.length === 0) return;
    this.#position += bytes.length;
    await this.#inTurn(() => this.#target.append(bytes));
  }

  async rewriteHead(bytes: Uint8Array): Promise<void> {
    if (this.#state !== "open") throw this.#refused("rewriteHead");
    const limit = Math.min(maximumHeadBytes, this.#position);
    if (bytes.length > limit) {
      throw new SluiceError({
        reason: "ARTIFACT_HEAD_TOO_LONG",
        message: "The new head of an artifact does not fit.",
        field: this.path,
        got: `${bytes.length} bytes`,
        allowed: [`at most ${maximumHeadBytes} bytes, and no more than the ${this.#position} that were written`],
        remedy: "This is a fault of the exporter: report it.",
        grpcCode: Code.INTERNAL,
      });
    }
    this.#state = "head rewritten";
    if (bytes.length > 0) await this.#inTurn(() => this.#target.replaceHead(bytes));
  }

  async close({ formatVersion = "", encoding }: ArtifactDetails = {}): Promise<void> {
    if (this.#state === "closed" || this.#state === "discarded") throw this.#refused("close");
    this.#state = "closed";
    const artifact = { path: this.path, size: this.#position, mediaType: this.#mediaType, formatVersion, encoding };
    await this.#inTurn(() => this.#target.finish(artifact));
    this.finished = true;
  }

  abandon(): void {
    this.#state = "discarded";
  }

  // After a failure every later call fails with the same error: what came after it would stand at a wrong offset.
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(() => this.#track(work));
    return this.#last;
  }

  #refused(call: string): SluiceError {
    if (this.#state === "discarded") {
      return new SluiceError({
        reason: "ARTIFACT_DISCARDED",
        message: "The artifact was discarded while it was written.",
        field: this.path,
        grpcCode: Code.ABORTED,
      });
    }
    return misuse("ARTIFACT_CLOSED", `An artifact whose writer is ${this.#state} takes no ${call}.`, this.path);
  }
}

function misuse(reason: string, message: string, field: string): SluiceError {
  return new SluiceError({
    reason,
    message,
    field,
    remedy: "This is a fault of the program: report it.",
    grpcCode: Code.INTERNAL,
  });
}
