import { createHash } from "node:crypto";
import { crc32c } from "@node-rs/crc32";
import type { ArrayDigest, Difference } from "@sluice/proto";
import { shapesEqual } from "./box.ts";
import { castagnoli, combineCrc, crcShift } from "./crc-combine.ts";

/** Most values that the digest of one array holds: its size stays bounded whatever the length of axis 0. */
export const maximumLeaves = 65_536;

/** How many differing frames a {@link Difference} names. */
const namedFrames = 16;

/**
 * Digest of an array's bytes as they pass in C order.
 *
 * A leaf is the CRC-32C of one index of axis 0 (a frame). In arrays longer than {@link maximumLeaves} it covers
 * `framesPerLeaf` of them, the smallest power of two that keeps the bound; so the digest depends on the values, the
 * data type and the shape alone, never on how they were sent.
 */
export class FrameDigests {
  readonly #frameBytes: number;
  #framesPerLeaf = 1;
  #leaves: number[] = [];
  #crc = 0;
  #leafBytes = 0;

  /** @param frameBytes bytes of one index of axis 0, >= 1 */
  constructor(frameBytes: number) {
    this.#frameBytes = frameBytes;
  }

  /** Takes the next bytes; they may end anywhere. */
  update(bytes: Uint8Array): void {
    for (let position = 0; position < bytes.length; ) {
      if (this.#leaves.length === maximumLeaves) this.#fold();
      const room = this.#frameBytes * this.#framesPerLeaf - this.#leafBytes;
      const part = position === 0 && bytes.length <= room ? bytes : bytes.subarray(position, position + room);
      this.#crc = crc32c(part, this.#crc);
      this.#leafBytes += part.length;
      position += part.length;
      if (part.length === room) this.#pushLeaf();
    }
  }

  /** The digest of what came. `shape` is the final one: its elements are the bytes that came. */
  finish(array: string, dataType: string, shape: readonly number[]): ArrayDigest {
    if (this.#leafBytes > 0) this.#pushLeaf();
    const parts = { dataType, shape: [...shape], framesPerLeaf: this.#framesPerLeaf, frames: this.#leaves };
    return { array, ...parts, root: digestRoot(parts) };
  }

  #pushLeaf(): void {
    this.#leaves.push(this.#crc);
    this.#crc = 0;
    this.#leafBytes = 0;
  }

  #fold(): void {
    const shift = crcShift(this.#frameBytes * this.#framesPerLeaf, castagnoli);
    this.#leaves = Array.from({ length: maximumLeaves / 2 }, (_, pair) =>
      combineCrc(this.#leaves[2 * pair] as number, this.#leaves[2 * pair + 1] as number, shift, castagnoli),
    );
    this.#framesPerLeaf *= 2;
  }
}

/**
 * SHA-256 that stands for data type, shape and all leaves. It hashes, in this order: the ASCII text
 * "sluice.array.digest.v1\n", the data type's name, "\n", the lengths in decimal joined by ",", "\n", the frames per
 * leaf in decimal, "\n"; then the leaves, four bytes each, little endian. No field can hold a line feed.
 */
export function digestRoot(digest: Pick<ArrayDigest, "dataType" | "shape" | "framesPerLeaf" | "frames">): Uint8Array {
  const head = `sluice.array.digest.v1\n${digest.dataType}\n${digest.shape.join(",")}\n${digest.framesPerLeaf}\n`;
  const leaves = Uint32Array.from(digest.frames);
  return new Uint8Array(createHash("sha256").update(head, "ascii").update(leaves).digest());
}

/** What differs between two digests of the same array, or undefined when they stand for the same values. */
export function differences(expected: ArrayDigest, actual: ArrayDigest): Difference | undefined {
  const say = (message: string, frames: number[] = []): Difference => ({
    array: expected.array,
    frames: frames.slice(0, namedFrames),
    count: frames.length,
    message,
  });
  if (expected.dataType !== actual.dataType) {
    return say(`The data type is ${actual.dataType}; ${expected.dataType} was expected.`);
  }
  const { framesPerLeaf } = expected;
  const sameLength = expected.shape[0] === actual.shape[0];
  const sameFrames = shapesEqual(expected.shape.slice(1), actual.shape.slice(1));
  const shapes = `The shape is [${actual.shape.join(", ")}]; [${expected.shape.join(", ")}] was expected.`;
  if (!sameFrames || framesPerLeaf !== actual.framesPerLeaf) return say(shapes);
  const frames = differingLeaves(expected, actual).map((leaf) => leaf * framesPerLeaf);
  const unit = framesPerLeaf === 1 ? "frames" : `runs of ${framesPerLeaf} frames`;
  const values = frames.length === 0 ? "" : `Values differ in ${frames.length} of ${actual.frames.length} ${unit}.`;
  if (!sameLength) return say(`${shapes} ${values}`.trim(), frames);
  if (frames.length > 0) return say(values, frames);
  if (Buffer.compare(expected.root, actual.root) !== 0) return say("The root of a digest does not fit its frames.");
  return undefined;
}

/** Indices of the leaves that both have and whose values differ. */
function differingLeaves(expected: ArrayDigest, actual: ArrayDigest): number[] {
  const common = Math.min(expected.frames.length, actual.frames.length);
  const differing: number[] = [];
  for (let leaf = 0; leaf < common; leaf++) {
    if (expected.frames[leaf] !== actual.frames[leaf]) differing.push(leaf);
  }
  return differing;
}
