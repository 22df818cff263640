import { type Segment, zlibStream } from "./segment.ts";
import type { DeflateStrategy, SegmentStrategy } from "./strategy.ts";

/** `bytes` in so many equal parts, the byte planes of shuffled items; bytes after the last whole item join the last. */
export function planesOf(bytes: Uint8Array, planes: number): Uint8Array[] {
  const length = Math.floor(bytes.length / planes);
  return Array.from({ length: planes }, (_, plane) =>
    bytes.subarray(plane * length, plane === planes - 1 ? bytes.length : (plane + 1) * length),
  );
}

/**
 * Deflates each byte plane of shuffled items in its own way, into one stream: the low bytes of a detector are noise, the
 * high ones all but constant. Neighbours that are deflated alike are deflated together.
 */
export function byPlane(strategies: readonly SegmentStrategy[]): DeflateStrategy {
  const [first, ...others] = strategies;
  if (first && others.every((strategy) => strategy === first)) return first;
  return {
    name: strategies.map(({ name }) => name).join(" + "),
    deflate: async (container, bytes) => {
      const segments = await Promise.all(segmentsOf(bytes, strategies, container !== "part"));
      return container === "zlib" ? zlibStream(segments) : Buffer.concat(segments.map((segment) => segment.bytes));
    },
  };
}

function segmentsOf(bytes: Uint8Array, strategies: readonly SegmentStrategy[], ends: boolean): Promise<Segment>[] {
  const planes = planesOf(bytes, strategies.length);
  const segments: Promise<Segment>[] = [];
  let begin = 0;
  let end = 0;
  for (const [index, strategy] of strategies.entries()) {
    end += planes[index]?.length ?? 0;
    if (strategy === strategies[index + 1]) continue;
    segments.push(strategy.segment(bytes.subarray(begin, end), ends && index === strategies.length - 1));
    begin = end;
  }
  return segments;
}
