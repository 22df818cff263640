import { type DeflateStrategy, huffmanOnly, lz77, runLength } from "./strategy.ts";

/** The strategy that a probe chose. */
export interface Choice {
  readonly strategy: DeflateStrategy;
  /** For people: what was chosen and what the alternative would have given. */
  readonly reason: string;
}

/** From cheap to dear on data where the choice matters (noise: 250, 240, 80, 65, 60 MB/s on one core). */
const candidates: readonly DeflateStrategy[] = [huffmanOnly, runLength, lz77(1), lz77(4), lz77(6)];

/** A dearer strategy is worth its time when it saves more than this part of the bytes. */
const worthwhileSaving = 0.08;

const samplePieces = 4;
const pieceBytes = 64 * 1024;

/**
 * Chooses how to deflate data like `bytes`: the cheapest strategy whose result no dearer one undercuts by more than
 * 8 %. Every candidate compresses a sample of at most 256 KiB; sizes alone decide, so that the same bytes lead to the
 * same choice on every machine.
 */
export async function probe(bytes: Uint8Array): Promise<Choice> {
  const sample = sampleOf(bytes);
  const sizes = await Promise.all(candidates.map(async (strategy) => (await strategy.deflate("raw", sample)).length));
  const best = Math.min(...sizes);
  const chosen = sizes.findIndex((size) => size * (1 - worthwhileSaving) <= best);
  return { strategy: at(candidates, chosen), reason: explain(sizes, chosen) };
}

function explain(sizes: readonly number[], chosen: number): string {
  const { name } = at(candidates, chosen);
  const saving = (from: number, to: number) => `${((1 - at(sizes, to) / at(sizes, from)) * 100).toFixed(1)} %`;
  if (chosen > 0) return `${name}: ${saving(0, chosen)} smaller than ${at(candidates, 0).name} on the probe`;
  const best = sizes.indexOf(Math.min(...sizes));
  if (best === chosen) return `${name}: no costlier strategy is smaller on the probe`;
  return `${name}: costlier ${at(candidates, best).name} would save ${saving(chosen, best)} on the probe`;
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
