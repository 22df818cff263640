import type { ArtifactWriter } from "@sluice/core";
import type { Appender } from "./appender.ts";

/** Waiting bytes that are worth a call of the writer. */
const worthwhileBytes = 512 * 1024;
/** Larger pieces are written as they are; smaller ones are joined. */
const joinedBytes = 64 * 1024;

/** The growing end of the file: what is appended has its address at once, and is written with the next `flush`. */
export class FileTail implements Appender {
  readonly #writer: ArtifactWriter;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #position: number;
  #failed = false;

  constructor(writer: ArtifactWriter) {
    this.#writer = writer;
    this.#position = writer.position;
  }

  /** Address of what is appended next. */
  get position(): number {
    return this.#position;
  }

  /** Appends bytes, which must stay unchanged until they are flushed, and returns their address. */
  append(bytes: Uint8Array): number {
    const address = this.#position;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#position += bytes.length;
    return address;
  }

  /** Writes what waits, if it is much. */
  async flushIfMuch(): Promise<void> {
    if (this.#waitingBytes >= worthwhileBytes) await this.flush();
  }

  /** Writes what waits. After a failure no more: what came behind would stand at wrong addresses. */
  async flush(): Promise<void> {
    if (this.#failed) throw new Error("An earlier write to the artifact failed.");
    const pieces = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    try {
      for (const piece of joined(pieces)) await this.#writer.write(piece);
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }
}

/** Pieces worth a call each: small ones next to each other become one. */
function* joined(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  let small: Uint8Array[] = [];
  for (const piece of pieces) {
    if (piece.length < joinedBytes) {
      small.push(piece);
      continue;
    }
    if (small.length > 0) yield Buffer.concat(small);
    small = [];
    yield piece;
  }
  if (small.length > 0) yield Buffer.concat(small);
}
