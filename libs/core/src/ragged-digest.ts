import { crc32c } from "@node-rs/crc32";
import type { ArrayDigest, RaggedChunk } from "@sluice/proto";
import { castagnoli, combineCrc, crcShift } from "./crc-combine.ts";
import { digestRoot, maximumLeaves } from "./digest.ts";

/** Where the next leaf stands: its CRC and the bytes that it covers. */
interface Leaf {
  readonly crc: number;
  readonly bytes: number;
}

/**
 * Digest of a ragged array as its rows pass: a leaf is the CRC-32C of a row's bytes and then its element count, as
 * eight little-endian bytes. In arrays of more than {@link maximumLeaves} rows it covers a run of rows end to end, as
 * for frames; so the digest depends on the rows alone, never on how they were sent.
 */
export class RaggedDigests {
  readonly #itemBytes: number;
  #rowsPerLeaf = 1;
  #leaves: Leaf[] = [];
  #crc = 0;
  #leafBytes = 0;
  #leafRows = 0;
  /** Elements of the row that may go on; undefined before the first. */
  #rowElements: number | undefined;

  /** @param itemBytes of one element */
  constructor(itemBytes: number) {
    this.#itemBytes = itemBytes;
  }

  /** Takes the next rows, or more of the last one. */
  update({ rowLengths, elementOffset, data }: Pick<RaggedChunk, "rowLengths" | "elementOffset" | "data">): void {
    let position = 0;
    for (const [index, length] of rowLengths.entries()) {
      if (index > 0 || elementOffset === 0) this.#beginRow();
      const end = position + length * this.#itemBytes;
      this.#add(data.subarray(position, end));
      this.#rowElements = (this.#rowElements ?? 0) + length;
      position = end;
    }
  }

  /** The digest of what came. */
  finish(array: string, dataType: string, rows: number): ArrayDigest {
    this.#endRow();
    if (this.#leafRows > 0) this.#pushLeaf();
    const frames = this.#leaves.map(({ crc }) => crc);
    const parts = { dataType, shape: [rows], framesPerLeaf: this.#rowsPerLeaf, frames };
    return { array, ...parts, root: digestRoot(parts) };
  }

  #beginRow(): void {
    this.#endRow();
    if (this.#leaves.length === maximumLeaves) this.#fold();
    this.#rowElements = 0;
  }

  #endRow(): void {
    if (this.#rowElements === undefined) return;
    const count = new DataView(new ArrayBuffer(8));
    count.setBigUint64(0, BigInt(this.#rowElements), true);
    this.#add(new Uint8Array(count.buffer));
    this.#rowElements = undefined;
    this.#leafRows++;
    if (this.#leafRows === this.#rowsPerLeaf) this.#pushLeaf();
  }

  #add(bytes: Uint8Array): void {
    this.#crc = crc32c(bytes, this.#crc);
    this.#leafBytes += bytes.length;
  }

  #pushLeaf(): void {
    this.#leaves.push({ crc: this.#crc, bytes: this.#leafBytes });
    this.#crc = 0;
    this.#leafBytes = 0;
    this.#leafRows = 0;
  }

  #fold(): void {
    this.#leaves = Array.from({ length: maximumLeaves / 2 }, (_, pair): Leaf => {
      const [first, second] = [this.#leaves[2 * pair] as Leaf, this.#leaves[2 * pair + 1] as Leaf];
      const crc = combineCrc(first.crc, second.crc, crcShift(second.bytes, castagnoli), castagnoli);
      return { crc, bytes: first.bytes + second.bytes };
    });
    this.#rowsPerLeaf *= 2;
  }
}
