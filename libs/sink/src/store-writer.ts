import { type ArtifactDetails, type ArtifactWriter, Code, maximumHeadBytes, SluiceError } from "@sluice/core";
import type { ArtifactTarget, OpenedArtifact } from "./artifact-store.ts";
import { discardedError, misuse } from "./faults.ts";

type State = "open" | "rewritten" | "closed" | "discarded";

/** Holds the calls of one writer to the rules of ArtifactWriter, and puts them one after another. */
export class StoreWriter implements ArtifactWriter {
  readonly path: string;
  readonly checkpoint: ArtifactWriter["checkpoint"];
  finished = false;
  readonly #artifact: OpenedArtifact;
  readonly #target: ArtifactTarget;
  readonly #run: (work: () => Promise<void>) => Promise<void>;
  #last: Promise<void> = Promise.resolve();
  #position = 0;
  #state: State = "open";

  /** @param run runs a call of the target, known to the sink */
  constructor(artifact: OpenedArtifact, target: ArtifactTarget, run: (work: () => Promise<void>) => Promise<void>) {
    this.path = artifact.path;
    this.#artifact = artifact;
    this.#target = target;
    this.#run = run;
    const { checkpoint } = target;
    this.checkpoint = checkpoint && ((head) => this.#checkpoint(head, checkpoint));
  }

  get position(): number {
    return this.#position;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#expect("write", "open");
    if (bytes.length === 0) return;
    this.#position += bytes.length;
    await this.#inTurn(() => this.#target.append(bytes));
  }

  async rewriteHead(bytes: Uint8Array): Promise<void> {
    this.#expect("rewriteHead", "open");
    this.#expectHead(bytes);
    this.#state = "rewritten";
    if (bytes.length > 0) await this.#inTurn(() => this.#target.replaceHead(bytes));
  }

  async close({ formatVersion = "", encoding }: ArtifactDetails = {}): Promise<void> {
    this.#expect("close", "open", "rewritten");
    this.#state = "closed";
    const { path, mediaType } = this.#artifact;
    const closed = { path, size: this.#position, mediaType, formatVersion, encoding };
    await this.#inTurn(() => this.#target.finish(closed));
    this.finished = true;
  }

  async #checkpoint(head: Uint8Array, checkpoint: (head: Uint8Array) => Promise<void>): Promise<void> {
    this.#expect("checkpoint", "open");
    this.#expectHead(head);
    await this.#inTurn(() => checkpoint(head));
  }

  #expectHead(head: Uint8Array): void {
    if (this.#artifact.appendOnly) {
      throw misuse("ARTIFACT_APPEND_ONLY", "The artifact was opened as append-only.", this.#field());
    }
    if (head.length > Math.min(maximumHeadBytes, this.#position)) throw this.#headTooLong(head.length);
  }

  /** Refuses every later call. */
  abandon(): void {
    this.#state = "discarded";
  }

  // After a failure every later call fails with the same error: what came after it would stand at a wrong offset.
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(() => {
      if (this.#state === "discarded") throw discardedError();
      return this.#run(work);
    });
    return this.#last;
  }

  #expect(call: string, ...states: State[]): void {
    if (this.#state === "discarded") throw discardedError();
    if (states.includes(this.#state)) return;
    throw misuse("ARTIFACT_STATE", `An artifact that is ${this.#state} takes no ${call}.`, this.#field());
  }

  #headTooLong(bytes: number): SluiceError {
    return new SluiceError({
      reason: "ARTIFACT_HEAD_TOO_LONG",
      message: "The new head of an artifact does not fit.",
      field: this.#field(),
      got: `${bytes} bytes`,
      allowed: [`at most ${maximumHeadBytes} bytes, and no more than the ${this.#position} that were written`],
      remedy: "This is a fault of the program: report it.",
      grpcCode: Code.INTERNAL,
    });
  }

  #field(): string {
    return `artifacts.${this.path}`;
  }
}
