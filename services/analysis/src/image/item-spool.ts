import { asBytes } from "@sluice/core";
import { Frame } from "@sluice/proto";
import { openSpool } from "@sluice/sink";
import type { ImageFrame, ImageItem } from "./image-item.ts";

/** Where an item lies in the spool. */
interface Entry {
  /** Index of an image frame; -1 for any other item. */
  readonly index: number;
  readonly offset: number;
  readonly bytes: number;
  readonly maskBytes: number;
}

/**
 * Puts all items aside, and lets them be read again by what they were found to be.
 *
 * @param see called with each image frame
 * @param decide called when all have come; what it gives reads the items, or they are given up
 */
export async function seeAll<Outcome>(
  items: AsyncIterable<ImageItem>,
  signal: AbortSignal,
  see: (frame: ImageFrame) => void,
  decide: (spool: ItemSpool) => Promise<Outcome> | Outcome,
): Promise<Outcome> {
  const spool = new ItemSpool(signal);
  try {
    for await (const item of items) {
      if (item.kind === "image") see(item);
      await spool.append(item);
    }
    return await decide(spool);
  } catch (error) {
    await spool.close();
    throw error;
  }
}

/** Items put aside on disk, to be read again. Holds one item, and 32 bytes or so for each that was put aside. */
export class ItemSpool {
  /** Image frames that were put aside. */
  frames = 0;
  readonly #spool = openSpool();
  readonly #entries: Entry[] = [];

  /** @param signal closes the spool when it aborts: those who wait for its items may never begin to read */
  constructor(signal: AbortSignal) {
    signal.addEventListener("abort", () => void this.close(), { once: true });
  }

  /** The image frames alone. */
  async *images(): AsyncGenerator<ImageFrame> {
    for (const entry of this.#entries) if (entry.index >= 0) yield await this.#image(entry);
  }

  /** All items in the order they came; the spool is closed when they were read, or are not wanted any more. */
  async *drain(): AsyncGenerator<ImageItem> {
    try {
      for (const entry of this.#entries) {
        if (entry.index >= 0) yield await this.#image(entry);
        else yield { kind: "other", frame: Frame.decode(await this.#spool.read(entry.offset, entry.bytes)) };
      }
    } finally {
      await this.close();
    }
  }

  close(): Promise<void> {
    return this.#spool.close();
  }

  /** Puts the next item aside. */
  async append(item: ImageItem): Promise<void> {
    const isImage = item.kind === "image";
    const bytes = isImage ? asBytes(item.data) : Frame.encode(item.frame).finish();
    const mask = isImage ? item.mask : undefined;
    const offset = await this.#spool.append(bytes);
    if (mask) await this.#spool.append(mask);
    const index = isImage ? item.index : -1;
    this.#entries.push({ index, offset, bytes: bytes.length, maskBytes: mask?.length ?? 0 });
    if (isImage) this.frames++;
  }

  async #image({ index, offset, bytes, maskBytes }: Entry): Promise<ImageFrame> {
    const data = new Float64Array(bytes / Float64Array.BYTES_PER_ELEMENT);
    await this.#spool.readInto(offset, asBytes(data));
    const mask = maskBytes === 0 ? undefined : await this.#spool.read(offset + bytes, maskBytes);
    return { kind: "image", index, data, mask };
  }
}
