const mebibyte = 1024 * 1024;

/** Parts that an object may have (Amazon S3 User Guide, "Multipart upload limits"). */
export const maximumParts = 10_000;

/** Bytes of the first parts; all but the last must have 5 MiB at least. */
export const firstPartBytes = 8 * mebibyte;

const partsPerSize = 2_000;

/**
 * Bytes of a part, counted from 1. How long an artifact becomes is not known when its first part leaves, so parts grow:
 * four times larger every 2,000, from 8 MiB (to 15 GiB of object) over 32 MiB (to 78 GiB), 128 MiB (to 328 GiB) and
 * 512 MiB (to 1.3 TiB) to 2 GiB; 10,000 of them hold more than the 5 TiB that an object may have.
 */
export function partBytes(partNumber: number): number {
  return firstPartBytes * 4 ** Math.floor((partNumber - 1) / partsPerSize);
}
