import { problem } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import * as v from "valibot";

/** Whole numbers from `first` to before `end`. */
export interface NumberRange {
  readonly first: number;
  readonly end: number;
}

const range = /^(\d{1,15})(?:-(\d{1,15}))?$/;
const isIndex = (value: number) => Number.isSafeInteger(value) && value >= 0;

/** Frame numbers in parameters: 3, [1, 3], [0, "4-7"] or "0-3+7"; a range includes its last frame. */
export const frameNumbers = v.pipe(
  v.union([v.number(), v.string(), v.array(v.union([v.number(), v.string()]))]),
  v.check(
    (value) => parts(value).length > 0 && parts(value).every((part) => rangeOf(part) !== undefined),
    'frame numbers from 0 on: 3, [1,3], [0,"4-7"] or 0-3+7',
  ),
  v.description("Frames from 0 on: a number, a list, or text of ranges with their last frames, as 0-3+7."),
);

/** The numbers as ranges that ascend and do not touch. */
export function rangesOf(value: v.InferOutput<typeof frameNumbers>): NumberRange[] {
  const ranges = parts(value)
    .map((part) => rangeOf(part) as NumberRange)
    .toSorted((one, other) => one.first - other.first);
  const joined: NumberRange[] = [];
  for (const next of ranges) {
    const last = joined.at(-1);
    if (last && next.first <= last.end) {
      joined[joined.length - 1] = { first: last.first, end: Math.max(last.end, next.end) };
    } else joined.push(next);
  }
  return joined;
}

function parts(value: number | string | readonly (number | string)[]): readonly (number | string)[] {
  const list: readonly (number | string)[] = typeof value === "object" ? value : [value];
  return list.flatMap<number | string>((item) => (typeof item === "string" ? item.split("+") : [item]));
}

function rangeOf(part: number | string): NumberRange | undefined {
  if (typeof part === "number") return isIndex(part) ? { first: part, end: part + 1 } : undefined;
  const [, first, last = first] = range.exec(part.trim()) ?? [];
  if (first === undefined) return undefined;
  return Number(first) <= Number(last) ? { first: Number(first), end: Number(last) + 1 } : undefined;
}

/** What speaks against a frame number: there is no such frame. */
export function frameMissing(field: string, index: number, frames: number): Problem {
  return problem({
    reason: "FRAME_INDEX_OUT_OF_RANGE",
    message: "There is no such frame.",
    field,
    got: String(index),
    allowed: [frames === 0 ? "none: there are no frames" : `0 to ${frames - 1}`],
    remedy: "Correct the number; frames are counted from 0, anew after a step that drops some.",
  });
}
