import { type DeflateStrategy, huffmanAndRuns, lz77 } from "./strategy.ts";

/** The strategy that a probe chose. */
export interface Choice {
  readonly strategy: DeflateStrategy;
  /** For people: what was chosen and what the alternative would have given. */
  readonly reason: string;
}

/** From cheap to dear (detector noise: 700, 80, 70, 50 MB/s on one core; the first needs no search for repeats). */
const candidates: readonly DeflateStrategy[] = [huffmanAndRuns, lz77(1), lz77(4), lz77(6)];

/**
 * A dearer strategy is worth its time when it saves more than this part of the result, and then some of the input:
 * where next to nothing is left of the data, a third of that is not worth ten times the time.
 */
const worthwhileSaving = { ofResult: 0.08, ofInput: 0.005 };

const samplePieces = 4;
const pieceBytes = 64 * 1024;

/**
 * Chooses how to deflate data like `bytes`, which are not empty: the cheapest strategy whose result no dearer one
 * undercuts by more than 8 % and 0.5 % of the input. Every candidate compresses a sample of at most 256 KiB; sizes
 * alone decide, so that the same bytes lead to the same choice on every machine.
 */
export async function probe(bytes: Uint8Array): Promise<Choice> {
  const sample = sampleOf(bytes);
  const sizes = await Promise.all(candidates.map(async (strategy) => (await strategy.deflate("raw", sample)).length));
  const best = Math.min(...sizes);
  const { ofResult, ofInput } = worthwhileSaving;
  const chosen = sizes.findIndex((size) => size * (1 - ofResult) - sample.length * ofInput <= best);
  const left = sizes.map((size) => `${((size / sample.length) * 100).toFixed(1)} %`);
  return { strategy: at(candidates, chosen), reason: explain(left, chosen, sizes.indexOf(best)) };
}

/** @param left what each candidate leaves of the sample, in words */
function explain(left: readonly string[], chosen: number, smallest: number): string {
  const start = `${at(candidates, chosen).name}: ${at(left, chosen)} left of the probe`;
  if (chosen > 0) return `${start}; cheaper ${at(candidates, 0).name} would leave ${at(left, 0)}`;
  if (smallest === chosen) return `${start}; no costlier strategy leaves less`;
  return `${start}; costlier ${at(candidates, smallest).name} would leave ${at(left, smallest)}`;
}

/**
 * The bytes themselves, or pieces spread evenly over them. One piece from the middle would mislead where bytes are
 * shuffled: it would see one or two of the byte planes; these see all planes of items of 1, 2, 4 and 8 bytes alike.
 */
function sampleOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= samplePieces * pieceBytes) return bytes;
  const sample = new Uint8Array(samplePieces * pieceBytes);
  for (let piece = 0; piece < samplePieces; piece++) {
    const centre = Math.floor((bytes.length * (piece + 0.5)) / samplePieces);
    const start = centre - pieceBytes / 2;
    sample.set(bytes.subarray(start, start + pieceBytes), piece * pieceBytes);
  }
  return sample;
}

function at<T>(items: readonly T[], index: number): T {
  return items[index] as T;
}
