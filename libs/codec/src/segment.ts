/** Consecutive bytes of a deflate stream: whole bytes, after which another segment can follow. */
export interface Segment {
  readonly bytes: Uint8Array;
  /** Bytes before compression. */
  readonly rawBytes: number;
  /** Adler-32 of the bytes before compression. */
  readonly adler: number;
}

/** Header of a zlib stream (RFC 1950) that was made fast: a window of 32 KiB, no dictionary. */
export const zlibHeader: readonly number[] = [0x78, 0x01];
export const adlerBytes = 4;
const adlerModulus = 65521;

/** Joins segments, the last of which ends its stream, into a zlib stream (RFC 1950). */
export function zlibStream(segments: readonly Segment[]): Uint8Array {
  const trailer = Buffer.alloc(adlerBytes);
  trailer.writeUInt32BE(segments.reduce((before, { adler, rawBytes }) => joinAdler(before, adler, rawBytes), 1));
  return Buffer.concat([Uint8Array.from(zlibHeader), ...segments.map(({ bytes }) => bytes), trailer]);
}

/** Adler-32 of bytes with the checksum `before` and, after them, `length` bytes with the checksum `after`. */
export function joinAdler(before: number, after: number, length: number): number {
  const [sumBefore, sumAfter] = [before & 0xffff, after & 0xffff];
  const sum = (sumBefore + sumAfter + adlerModulus - 1) % adlerModulus;
  const shifted = ((sumBefore + adlerModulus - 1) % adlerModulus) * (length % adlerModulus);
  const sumOfSums = ((before >>> 16) + (after >>> 16) + shifted) % adlerModulus;
  return sumOfSums * 0x10000 + sum;
}
