import { Code, SluiceError } from "./problem.ts";

/** A region of an array: index of its first element on each axis, and its lengths. Axis 0 is the slowest. */
export interface Box {
  readonly offset: readonly number[];
  readonly shape: readonly number[];
}

/** The elements of a box as bytes, C order. */
export interface BoxBytes {
  readonly box: Box;
  readonly data: Uint8Array;
}

/** The product of the lengths, or undefined when a length is no count or the product is no exact number. */
export function countElements(shape: readonly number[]): number | undefined {
  let count = 1;
  let empty = false;
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) return undefined;
    empty ||= length === 0;
    count *= length || 1;
  }
  if (empty) return 0;
  return count <= Number.MAX_SAFE_INTEGER ? count : undefined;
}

/** The product of the lengths; SHAPE_TOO_LARGE beyond 2^53 - 1 and for lengths that are no counts. */
export function elementCount(shape: readonly number[]): number {
  const count = countElements(shape);
  if (count !== undefined) return count;
  throw new SluiceError({
    reason: "SHAPE_TOO_LARGE",
    message: "The shape holds more elements than can be counted exactly.",
    got: `[${shape.join(", ")}]`,
    allowed: ["lengths >= 0 whose product is at most 2^53 - 1"],
    remedy: "Correct the shape.",
    grpcCode: Code.OUT_OF_RANGE,
  });
}

/** The box of the whole array. */
export function wholeBox(shape: readonly number[]): Box {
  return { offset: shape.map(() => 0), shape };
}

/** True when the two shapes are the same. */
export function shapesEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** True when every element of `inner` lies in `outer`. Both have the same rank. */
export function boxContains(outer: Box, inner: Box): boolean {
  return inner.offset.every((start, axis) => {
    const before = start - at(outer.offset, axis);
    return before >= 0 && at(inner.shape, axis) <= at(outer.shape, axis) - before;
  });
}

/** True when the boxes, of the same rank, share an element. */
export function boxesOverlap(a: Box, b: Box): boolean {
  return a.offset.every((start, axis) => {
    const end = Math.min(start + at(a.shape, axis), at(b.offset, axis) + at(b.shape, axis));
    return end > Math.max(start, at(b.offset, axis));
  });
}

/** The elements that both boxes, of the same rank, share; undefined when there are none. */
export function clipBox(box: Box, bounds: Box): Box | undefined {
  if (!boxesOverlap(box, bounds)) return undefined;
  const offset = box.offset.map((start, axis) => Math.max(start, at(bounds.offset, axis)));
  const shape = offset.map((start, axis) => {
    const end = Math.min(at(box.offset, axis) + at(box.shape, axis), at(bounds.offset, axis) + at(bounds.shape, axis));
    return end - start;
  });
  return { offset, shape };
}

/** Runs shorter than this are quicker to copy byte by byte than by a call of `set`. */
const shortRunBytes = 48;

/**
 * Copies the elements that both boxes share from source to target. Axes that are contiguous on both sides are merged,
 * so that a copy of whole rows is one `set`.
 *
 * @param itemSize bytes of one element
 * @param region what to copy, if that is less than both share; must lie in both
 */
export function copyBox(
  source: BoxBytes,
  target: BoxBytes,
  itemSize: number,
  region = clipBox(source.box, target.box),
): void {
  if (!region) return;
  const loops: Loop[] = [];
  let run = itemSize;
  let sourceStride = itemSize;
  let targetStride = itemSize;
  let sourceStart = 0;
  let targetStart = 0;
  for (let axis = region.shape.length - 1; axis >= 0; axis--) {
    const length = at(region.shape, axis);
    const outer = loops.at(-1);
    if (sourceStride === run && targetStride === run) run *= length;
    else if (outer && sourceStride === outer.source * outer.length && targetStride === outer.target * outer.length) {
      outer.length *= length;
    } else if (length > 1) loops.push({ length, source: sourceStride, target: targetStride });
    sourceStart += (at(region.offset, axis) - at(source.box.offset, axis)) * sourceStride;
    targetStart += (at(region.offset, axis) - at(target.box.offset, axis)) * targetStride;
    sourceStride *= at(source.box.shape, axis);
    targetStride *= at(target.box.shape, axis);
  }
  copyRuns(loops, loops.length - 1, run, source.data, sourceStart, target.data, targetStart);
}

/** One axis of a strided copy: how often, and how far to step on each side, in bytes. */
interface Loop {
  length: number;
  readonly source: number;
  readonly target: number;
}

function copyRuns(
  loops: readonly Loop[],
  level: number,
  run: number,
  source: Uint8Array,
  sourceStart: number,
  target: Uint8Array,
  targetStart: number,
): void {
  const loop = loops[level];
  if (!loop) return copyRun(run, source, sourceStart, target, targetStart);
  let from = sourceStart;
  let to = targetStart;
  for (let index = 0; index < loop.length; index++) {
    if (level === 0) copyRun(run, source, from, target, to);
    else copyRuns(loops, level - 1, run, source, from, target, to);
    from += loop.source;
    to += loop.target;
  }
}

function copyRun(run: number, source: Uint8Array, from: number, target: Uint8Array, to: number): void {
  if (run >= shortRunBytes) target.set(source.subarray(from, from + run), to);
  else for (let byte = 0; byte < run; byte++) target[to + byte] = source[from + byte] as number;
}

function at(values: readonly number[], axis: number): number {
  return values[axis] as number;
}
