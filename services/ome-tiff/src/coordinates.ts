import type { Block } from "@sluice/core";
import type { ArraySpec } from "@sluice/proto";

/** Gathers the values of 1-D arrays that hold a coordinate for each index of an axis. Memory: those arrays. */
export class Coordinates {
  readonly #bytes = new Map<number, Uint8Array[]>();

  /** Takes a block of such an array; blocks ascend. */
  take({ array, data }: Block): void {
    const blocks = this.#bytes.get(array.arrayId) ?? [];
    blocks.push(data);
    this.#bytes.set(array.arrayId, blocks);
  }

  /** Raw little-endian elements of an array, as far as they came. */
  bytesOf(array: ArraySpec): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#bytes.get(array.arrayId) ?? []));
  }
}
