import { AdaptiveDeflate, defaultTolerance, shuffle } from "@sluice/codec";
import type { FilterDescription } from "./storage-messages.ts";

/** A level of zlib that is obeyed, or "adaptive": as the data need it. */
export type DeflateOption = number | "adaptive";

/** What the message says where no level was asked for; readers do not use it. */
const nominalLevel = 4;

/** No larger than zlib makes it at h5py's usual level: who changes over is not to lose anything. */
const tolerance = { ...defaultTolerance, ofLevel4: 0 };

/** A chunk as it stands in the file. */
export interface FilteredChunk {
  readonly bytes: Uint8Array;
  /** Bit n is set where filter n was left out. */
  readonly filterMask: number;
}

/** The filters of one dataset: byte shuffle, then deflate. Chunks that do not shrink stand as they came. */
export class ChunkFilter {
  readonly descriptions: readonly FilterDescription[];
  readonly #shuffledBytes: number | undefined;
  readonly #deflate: AdaptiveDeflate | undefined;

  /** @param itemBytes of an element; the shuffle of single bytes changes nothing, so it is left out */
  constructor(itemBytes: number, shuffled: boolean, deflate: DeflateOption | undefined) {
    const descriptions: FilterDescription[] = [];
    if (shuffled && itemBytes > 1) {
      this.#shuffledBytes = itemBytes;
      descriptions.push({ id: 2, name: "shuffle", parameter: itemBytes });
    }
    if (deflate !== undefined) {
      const level = deflate === "adaptive" ? undefined : deflate;
      this.#deflate = new AdaptiveDeflate({
        container: "zlib",
        level,
        planes: this.#shuffledBytes ?? 1,
        tolerance,
      });
      descriptions.push({ id: 1, name: "deflate", parameter: level ?? nominalLevel });
    }
    this.descriptions = descriptions;
  }

  /** The strategy of the compression and why, for people; undefined without deflate. */
  get reason(): string | undefined {
    return this.#deflate?.reason;
  }

  /** Filters a chunk, which stays unchanged; in parallel with others. To be called in the order of the chunks. */
  async apply(chunk: Uint8Array): Promise<FilteredChunk> {
    const shuffled = this.#shuffledBytes === undefined ? chunk : shuffle(chunk, this.#shuffledBytes);
    if (!this.#deflate) return { bytes: shuffled, filterMask: 0 };
    const { bytes, shrinks } = await this.#deflate.encode(shuffled);
    return shrinks ? { bytes, filterMask: 0 } : { bytes: chunk, filterMask: 2 ** this.descriptions.length - 1 };
  }
}
