import type { SizedFrame } from "@sluice/core";
import { decodeContent, type FrameHead } from "./frame-decode.ts";
import type { FrameContent, FrameKind } from "./frame-kind.ts";

/**
 * A frame that is still the bytes it came as. A relay sends `encoded` on untouched; `content` is decoded when first
 * asked for, and its CRC checked then.
 */
export class EncodedFrame implements SizedFrame {
  /** The ExportRequest that holds the frame. */
  readonly encoded: Buffer;
  readonly kind: FrameKind;
  readonly sequence: number;
  readonly payloadLength: number;
  readonly #head: FrameHead;
  #content: FrameContent | undefined;

  constructor(encoded: Buffer, head: FrameHead) {
    this.encoded = encoded;
    this.kind = head.kind;
    this.sequence = head.sequence;
    this.payloadLength = head.payloadBytes;
    this.#head = head;
  }

  /** @throws FRAME_MALFORMED, CRC_MISMATCH */
  get content(): FrameContent {
    this.#content ??= decodeContent(this.encoded, this.#head);
    return this.#content;
  }
}
