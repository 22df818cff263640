import { byPlane, planesOf } from "./by-plane.ts";
import { type DeflateStrategy, huffmanAndRuns, lz77, quickLz77, type SegmentStrategy, shortRuns } from "./strategy.ts";

/** The strategy that a probe chose. */
export interface Choice {
  readonly strategy: DeflateStrategy;
  /** For people: what was chosen and what the alternative would have given. */
  readonly reason: string;
}

/** How much larger than it could be the result may get, for the sake of time. */
export interface SizeTolerance {
  /**
   * A dearer strategy is worth its time when it saves more than this part of the result, and then `ofInput` of the
   * input: where next to nothing is left of the data, a third of that is not worth ten times the time.
   */
  readonly ofResult: number;
  readonly ofInput: number;
  /** Part by which the result may exceed that of zlib's level 4, whatever that costs; without it no bound. */
  readonly ofLevel4?: number;
}

/** What a probe is to know of the data and of whoever writes them. */
export interface ProbeOptions {
  /** Byte planes that the bytes consist of, each to be deflated in its own way; 1 unless the bytes are shuffled. */
  readonly planes?: number;
  readonly tolerance?: SizeTolerance;
}

/** Up to 8 % and 0.5 % of the input larger than the smallest result. */
export const defaultTolerance: SizeTolerance = { ofResult: 0.08, ofInput: 0.005 };

const level4 = lz77(4);
/** From cheap to dear (planes of few values: 600, 230, 210, 190, 80, 20 MB/s on one core; the first two search no repeats). */
const candidates: readonly SegmentStrategy[] = [huffmanAndRuns, shortRuns, quickLz77, lz77(1), level4, lz77(6)];

const samplePieces = 4;
const pieceBytes = { most: 64 * 1024, least: 32 * 1024 };
/** Smaller planes do not repay the Huffman codes of their own. */
const smallestPlane = 16 * 1024;

/** Sizes of one plane's sample: `[candidate]`. */
type Sizes = readonly number[];

/**
 * Chooses how to deflate data like `bytes`, which are not empty: of the strategies whose result is small enough for the
 * tolerance, the cheapest. Every candidate compresses a sample of some 256 KiB; sizes alone decide, so that the same
 * bytes lead to the same choice on every machine.
 */
export async function probe(bytes: Uint8Array, options: ProbeOptions = {}): Promise<Choice> {
  const { planes = 1, tolerance = defaultTolerance } = options;
  const parts = planesOf(bytes, bytes.length >= planes * smallestPlane ? planes : 1);
  const largest = Math.max(pieceBytes.least, pieceBytes.most / parts.length);
  const samples = parts.map((part) => sampleOf(part, largest));
  const sizes = await Promise.all(samples.map(sizesOf));
  const sampled = sum(samples.map((sample) => sample.length));
  const chosen = cheapest(sizes, largestAllowed(sizes, sampled, tolerance));
  const strategy = byPlane(chosen.map((candidate) => at(candidates, candidate)));
  return { strategy, reason: explain(strategy.name, sizes, chosen, sampled) };
}

function sizesOf(sample: Uint8Array): Promise<Sizes> {
  return Promise.all(candidates.map(async (strategy) => (await strategy.deflate("raw", sample)).length));
}

function largestAllowed(sizes: readonly Sizes[], sampled: number, tolerance: SizeTolerance): number {
  const smallest = sum(sizes.map((plane) => Math.min(...plane)));
  const worthwhile = (smallest + sampled * tolerance.ofInput) / (1 - tolerance.ofResult);
  if (tolerance.ofLevel4 === undefined) return worthwhile;
  const reference = sum(sizes.map((plane) => at(plane, candidates.indexOf(level4))));
  return Math.min(worthwhile, reference * (1 + tolerance.ofLevel4));
}

/**
 * The candidate for each plane: the cheapest everywhere, then step by step the exchange that saves most for its cost,
 * until the planes together are small enough; what the last exchanges saved too much goes into cheaper ones.
 */
function cheapest(sizes: readonly Sizes[], allowed: number): number[] {
  const chosen = sizes.map(() => 0);
  const excess = () => sum(sizes.map((plane, index) => at(plane, at(chosen, index)))) - allowed;
  while (excess() > 0) {
    const exchange = bestExchange(sizes, chosen, excess());
    if (!exchange) return chosen;
    chosen[exchange.plane] = exchange.candidate;
  }
  for (const [plane, sizesHere] of sizes.entries()) {
    const now = at(sizesHere, at(chosen, plane));
    const room = -excess();
    chosen[plane] = sizesHere.findIndex((size) => size - now <= room);
  }
  return chosen;
}

function bestExchange(sizes: readonly Sizes[], chosen: readonly number[], excess: number) {
  let best: { readonly plane: number; readonly candidate: number; readonly worth: number } | undefined;
  for (const [plane, sizesHere] of sizes.entries()) {
    const now = at(chosen, plane);
    for (let candidate = now + 1; candidate < candidates.length; candidate++) {
      const saved = Math.min(excess, at(sizesHere, now) - at(sizesHere, candidate));
      const worth = saved / (at(candidates, candidate).cost - at(candidates, now).cost);
      if (worth > (best?.worth ?? 0)) best = { plane, candidate, worth };
    }
  }
  return best;
}

function explain(name: string, sizes: readonly Sizes[], chosen: readonly number[], sampled: number): string {
  const left = (size: number) => `${((size / sampled) * 100).toFixed(1)} %`;
  const everywhere = candidates.map((_, candidate) => sum(sizes.map((plane) => at(plane, candidate))));
  const start = `${name}: ${left(sum(sizes.map((plane, index) => at(plane, at(chosen, index)))))} left of the probe`;
  if (sizes.length > 1)
    return `${start}; ${level4.name} would leave ${left(at(everywhere, candidates.indexOf(level4)))}`;
  const smallest = everywhere.indexOf(Math.min(...everywhere));
  if (chosen[0] !== 0) return `${start}; cheaper ${at(candidates, 0).name} would leave ${left(at(everywhere, 0))}`;
  if (smallest === 0) return `${start}; no costlier strategy leaves less`;
  return `${start}; costlier ${at(candidates, smallest).name} would leave ${left(at(everywhere, smallest))}`;
}

/**
 * The bytes themselves, or pieces spread evenly over them. One piece from the middle would mislead where bytes are
 * shuffled and not told apart: it would see one or two of the byte planes; these see all planes of items of 1, 2, 4 and
 * 8 bytes alike.
 */
function sampleOf(bytes: Uint8Array, largestPiece: number): Uint8Array {
  if (bytes.length <= samplePieces * largestPiece) return bytes;
  const sample = new Uint8Array(samplePieces * largestPiece);
  for (let piece = 0; piece < samplePieces; piece++) {
    const centre = Math.floor((bytes.length * (piece + 0.5)) / samplePieces);
    const start = centre - largestPiece / 2;
    sample.set(bytes.subarray(start, start + largestPiece), piece * largestPiece);
  }
  return sample;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function at<T>(items: readonly T[], index: number): T {
  return items[index] as T;
}
