import { AdaptiveDeflate, defaultTolerance, shuffle, shufflePays } from "@sluice/codec";
import type { FilterDescription } from "./storage-messages.ts";

/** A level of zlib that is obeyed, or "adaptive": as the data need it. */
export type DeflateOption = number | "adaptive";

/** Shuffled or not, or "adaptive": where the first chunk deflates better so. */
export type ShuffleOption = boolean | "adaptive";

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
  readonly #itemBytes: number;
  readonly #option: ShuffleOption;
  readonly #level: DeflateOption | undefined;
  #shuffles: boolean;
  #deflate: AdaptiveDeflate | undefined;
  #settled: Promise<void> | undefined;

  /** @param itemBytes of an element; the shuffle of single bytes changes nothing, so it is left out */
  constructor(itemBytes: number, option: ShuffleOption, deflate: DeflateOption | undefined) {
    this.#itemBytes = itemBytes;
    this.#option = option;
    this.#level = deflate;
    this.#shuffles = option !== false && itemBytes > 1;
  }

  /** In the order in which they are applied; for a shuffle that is adaptive, known with the first chunk. */
  get descriptions(): readonly FilterDescription[] {
    const descriptions: FilterDescription[] = [];
    if (this.#shuffles) descriptions.push({ id: 2, name: "shuffle", parameter: this.#itemBytes });
    if (this.#level !== undefined) {
      const level = this.#level === "adaptive" ? nominalLevel : this.#level;
      descriptions.push({ id: 1, name: "deflate", parameter: level });
    }
    return descriptions;
  }

  /** The strategy of the compression and why, for people; undefined without deflate. */
  get reason(): string | undefined {
    if (this.#level === undefined) return undefined;
    const left = this.#option === "adaptive" && !this.#shuffles && this.#itemBytes > 1;
    return `${this.#deflate?.reason ?? "no data"}${left ? "; not shuffled, which leaves less" : ""}`;
  }

  /** Filters a chunk, which stays unchanged; in parallel with others. To be called in the order of the chunks. */
  async apply(chunk: Uint8Array): Promise<FilteredChunk> {
    await (this.#settled ??= this.#settle(chunk));
    const shuffled = this.#shuffles ? shuffle(chunk, this.#itemBytes) : chunk;
    if (!this.#deflate) return { bytes: shuffled, filterMask: 0 };
    const { bytes, shrinks } = await this.#deflate.encode(shuffled);
    return shrinks ? { bytes, filterMask: 0 } : { bytes: chunk, filterMask: 2 ** this.descriptions.length - 1 };
  }

  async #settle(first: Uint8Array): Promise<void> {
    if (this.#level === undefined) return;
    if (this.#option === "adaptive") this.#shuffles = await shufflePays(first, this.#itemBytes);
    this.#deflate = new AdaptiveDeflate({
      container: "zlib",
      level: this.#level === "adaptive" ? undefined : this.#level,
      planes: this.#shuffles ? this.#itemBytes : 1,
      tolerance,
    });
  }
}
