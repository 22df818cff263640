import type { ArtifactLayout, ArtifactSink, ArtifactWriter } from "@sluice/core";
import type { Artifact } from "@sluice/proto";
import { ArtifactPaths } from "./artifact-path.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { discardedError, misuse } from "./faults.ts";
import { StoreWriter } from "./store-writer.ts";

/**
 * Makes a sink of a store: one place for the rules of ArtifactSink.
 *
 * @param openStore called at once; its signal aborts when the sink is discarded, so that calls under way end soon
 */
export function storeSink(openStore: (discarded: AbortSignal) => ArtifactStore): ArtifactSink {
  return new StoreSink(openStore);
}

type State = "open" | "preparing" | "prepared" | "committing" | "committed" | "discarded";

class StoreSink implements ArtifactSink {
  readonly #abort = new AbortController();
  readonly #store: ArtifactStore;
  readonly #paths = new ArtifactPaths();
  readonly #writers: StoreWriter[] = [];
  readonly #running = new Set<Promise<unknown>>();
  #state: State = "open";
  #discarded: Promise<void> | undefined;

  constructor(openStore: (discarded: AbortSignal) => ArtifactStore) {
    this.#store = openStore(this.#abort.signal);
  }

  create(path: string, mediaType: string, { appendOnly = false }: ArtifactLayout = {}): Promise<ArtifactWriter> {
    return this.#run(async () => {
      this.#expect("create", "open", "prepared");
      this.#state = "open";
      this.#paths.claim(path);
      const artifact = { path, mediaType, appendOnly };
      const writer = new StoreWriter(artifact, await this.#store.open(artifact), (work) => this.#run(work));
      if (this.#abort.signal.aborted) writer.abandon();
      this.#writers.push(writer);
      return writer;
    });
  }

  prepare(): Promise<Artifact[]> {
    return this.#run(async () => {
      this.#expect("prepare", "open");
      const unfinished = this.#writers.find((writer) => !writer.finished);
      if (unfinished)
        throw misuse("ARTIFACT_UNFINISHED", "An artifact was not closed.", `artifacts.${unfinished.path}`);
      this.#state = "preparing";
      const artifacts = await this.#store.prepare();
      if (this.#state === "preparing") this.#state = "prepared";
      return artifacts;
    });
  }

  commit(): Promise<void> {
    return this.#run(async () => {
      this.#expect("commit", "prepared");
      this.#state = "committing";
      await this.#store.commit();
      this.#state = "committed";
    });
  }

  /** Leaves nothing behind, at any time; what was committed stays. Later calls change nothing. */
  discard(reason: string): Promise<void> {
    this.#discarded ??= this.#discard(reason);
    return this.#discarded;
  }

  async #discard(reason: string): Promise<void> {
    for (const writer of this.#writers) writer.abandon();
    // A commit that is under way is let through: what it makes visible is complete and stays.
    if (this.#state !== "committing" && this.#state !== "committed") {
      this.#state = "discarded";
      this.#abort.abort(discardedError());
    }
    await Promise.allSettled(this.#running);
    if (this.#isCommitted()) return;
    this.#state = "discarded";
    await this.#store.discard(reason);
  }

  #isCommitted(): boolean {
    return this.#state === "committed";
  }

  #expect(call: string, ...states: State[]): void {
    if (this.#state === "discarded") throw discardedError();
    if (states.includes(this.#state)) return;
    throw misuse("SINK_STATE", `A sink that is ${this.#state} takes no ${call}.`, "");
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
