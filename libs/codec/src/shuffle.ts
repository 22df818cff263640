import { allocateWords, wordsOf } from "./words.ts";

/**
 * Byte shuffle, filter 2 of HDF5: the first bytes of all items, then the second bytes, and so on; bytes after the last
 * whole item keep their place. `items` x `itemSize` bytes become `itemSize` x `items` bytes, in a new buffer.
 *
 * Throws RangeError for an item size that is not a positive integer.
 */
export function shuffle(bytes: Uint8Array, itemSize: number): Uint8Array {
  return rearrange(bytes, itemSize, splitPairs, (items, planes) => ({ from: items, to: planes }));
}

/** The inverse of {@link shuffle}, into a new buffer. Throws RangeError as shuffle does. */
export function unshuffle(bytes: Uint8Array, itemSize: number): Uint8Array {
  return rearrange(bytes, itemSize, joinPairs, (items, planes) => ({ from: planes, to: items }));
}

/** Where numbers of a matrix lie: element (row, column) at `start + row * stride + column * step`. */
interface Layout {
  readonly start: number;
  readonly stride: number;
  readonly step: number;
}

type Direction = (items: Layout, planes: Layout) => { readonly from: Layout; readonly to: Layout };
type PairKernel = (source: Uint32Array, target: Uint32Array, quads: number) => void;

function rearrange(bytes: Uint8Array, itemSize: number, pairs: PairKernel, direction: Direction): Uint8Array {
  if (!Number.isInteger(itemSize) || itemSize < 1) {
    throw new RangeError(`The item size of a shuffle must be a positive integer, got ${itemSize}.`);
  }
  if (itemSize === 1) return new Uint8Array(bytes);
  const items = Math.floor(bytes.length / itemSize);
  const { bytes: output, words: target } = allocateWords(bytes.length);
  const whole = items * itemSize;
  if (items % 4 === 0 && itemSize === 2) {
    pairs(wordsOf(bytes, whole / 4), target, items / 4);
  } else if (items % 4 === 0 && itemSize % 4 === 0) {
    const source = wordsOf(bytes, whole / 4);
    const quads = items / 4;
    for (let word = 0; word < itemSize / 4; word++) {
      const itemWords = { start: word, stride: itemSize / 4, step: itemSize };
      const planeWords = { start: 4 * word * quads, stride: quads, step: 1 };
      const { from, to } = direction(itemWords, planeWords);
      transposeBytes(source, from, target, to, quads);
    }
  } else {
    for (let byte = 0; byte < itemSize; byte++) {
      const { from, to } = direction(
        { start: byte, stride: 0, step: itemSize },
        { start: byte * items, stride: 0, step: 1 },
      );
      for (let item = 0, i = from.start, j = to.start; item < items; item++, i += from.step, j += to.step) {
        output[j] = bytes[i] as number;
      }
    }
  }
  output.set(bytes.subarray(whole), whole);
  return output;
}

/** Transposes `count` matrices of 4 x 4 bytes, each in four words: its own inverse, only the places differ. */
function transposeBytes(source: Uint32Array, from: Layout, target: Uint32Array, to: Layout, count: number): void {
  const { stride: rows, step } = from;
  const { stride: targetRows, step: targetStep } = to;
  for (let n = 0, i = from.start, j = to.start; n < count; n++, i += step, j += targetStep) {
    const a = source[i] as number;
    const b = source[i + rows] as number;
    const c = source[i + 2 * rows] as number;
    const d = source[i + 3 * rows] as number;
    const evenAb = (a & 0x00ff00ff) | ((b & 0x00ff00ff) << 8);
    const oddAb = ((a >>> 8) & 0x00ff00ff) | (b & 0xff00ff00);
    const evenCd = (c & 0x00ff00ff) | ((d & 0x00ff00ff) << 8);
    const oddCd = ((c >>> 8) & 0x00ff00ff) | (d & 0xff00ff00);
    target[j] = (evenAb & 0xffff) | (evenCd << 16);
    target[j + targetRows] = (oddAb & 0xffff) | (oddCd << 16);
    target[j + 2 * targetRows] = (evenAb >>> 16) | (evenCd & 0xffff0000);
    target[j + 3 * targetRows] = (oddAb >>> 16) | (oddCd & 0xffff0000);
  }
}

/** Items of two bytes, four at a time, into a plane of low and a plane of high bytes. */
function splitPairs(source: Uint32Array, target: Uint32Array, quads: number): void {
  for (let i = 0; i < quads; i++) {
    const a = source[2 * i] as number;
    const b = source[2 * i + 1] as number;
    target[i] = (a & 0xff) | ((a >>> 8) & 0xff00) | ((b & 0xff) << 16) | ((b << 8) & 0xff000000);
    target[quads + i] = ((a >>> 8) & 0xff) | ((a >>> 16) & 0xff00) | ((b << 8) & 0xff0000) | (b & 0xff000000);
  }
}

/** The inverse of {@link splitPairs}. */
function joinPairs(source: Uint32Array, target: Uint32Array, quads: number): void {
  for (let i = 0; i < quads; i++) {
    const low = source[i] as number;
    const high = source[quads + i] as number;
    target[2 * i] = (low & 0xff) | ((high & 0xff) << 8) | ((low & 0xff00) << 8) | ((high & 0xff00) << 16);
    target[2 * i + 1] =
      ((low >>> 16) & 0xff) | ((high >>> 8) & 0xff00) | ((low >>> 8) & 0xff0000) | (high & 0xff000000);
  }
}
