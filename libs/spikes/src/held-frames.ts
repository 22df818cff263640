import { payloadBytes } from "@sluice/core";
import { Frame } from "@sluice/proto";
import { openSpool, type Spool, SpooledPart } from "@sluice/sink";

/** What a frame costs beside its payload. */
const frameOverhead = 256;

/** Frames that wait: in memory, not copied, up to a limit; those behind it on disk. Closed in every ending. */
export class HeldFrames {
  readonly #limitBytes: number;
  #held: Frame[] = [];
  #heldBytes = 0;
  #spool: Spool | undefined;
  #part: SpooledPart | undefined;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  async push(frame: Frame): Promise<void> {
    const bytes = payloadBytes(frame) + frameOverhead;
    if (!this.#part && this.#heldBytes + bytes <= this.#limitBytes) {
      this.#held.push(frame);
      this.#heldBytes += bytes;
      return;
    }
    this.#spool ??= openSpool();
    this.#part ??= new SpooledPart(this.#spool);
    const encoded = Frame.encode(frame).finish();
    await this.#part.append(lengthOf(encoded));
    await this.#part.append(encoded);
  }

  /** All frames in order, once: what was given is let go. */
  async *drain(): AsyncGenerator<Frame> {
    const held = this.#held.splice(0).toReversed();
    for (let frame = held.pop(); frame; frame = held.pop()) yield frame;
    if (this.#part) yield* spooled(this.#part);
    await this.close();
  }

  async close(): Promise<void> {
    this.#held = [];
    this.#part = undefined;
    await this.#spool?.close();
  }
}

function lengthOf({ length }: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length, true);
  return bytes;
}

async function* spooled(part: SpooledPart): AsyncGenerator<Frame> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const piece of part.pieces()) {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    for (;;) {
      const end = rest.length < 4 ? Number.POSITIVE_INFINITY : 4 + viewOf(rest).getUint32(0, true);
      if (end > rest.length) break;
      yield Frame.decode(rest.subarray(4, end));
      rest = rest.subarray(end);
    }
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
