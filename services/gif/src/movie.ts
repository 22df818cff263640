import { inOrder } from "@sluice/codec";
import {
  Assembly,
  type AssemblyItem,
  Code,
  type DatasetStream,
  type DataType,
  itemSize,
  SluiceError,
  warning,
} from "@sluice/core";
import type { Gap, Problem } from "@sluice/proto";
import { openSpool, type Spool } from "@sluice/sink";
import type { ValueRange } from "./coloring.ts";
import { evenTimes, type FrameTimes, recordedTimes } from "./frame-times.ts";
import type { GifOptions } from "./options.ts";
import { percentiles } from "./percentiles.ts";
import type { MoviePlan } from "./plan.ts";
import { type Survey, survey, surveyOf } from "./survey.ts";
import { type Values, valuesOf } from "./values.ts";

/** Frames in order, with all that must be known to draw the first. */
export interface Movie {
  /** Can be iterated once; the values of a frame are to be used before the next is asked for. */
  readonly frames: AsyncIterable<Values>;
  readonly times: FrameTimes;
  /** Undefined: each frame has its own. */
  readonly range: ValueRange | undefined;
  /** Number of frames, where it is known before they are drawn. */
  readonly length: number | undefined;
  readonly warnings: readonly Problem[];
  /** Complete once the frames have come. */
  readonly gaps: readonly Gap[];
}

/** Values of coordinates that are gathered at a time. */
const timesPerBlock = 65_536;
/** Frames read ahead from the spool. */
const readAhead = 2;

/**
 * Runs `use` on the movie of a stream. Where range or times are known only after the last frame, frames are put aside
 * on disk first; otherwise they pass as they come.
 */
export async function withMovie<T>(
  stream: DatasetStream,
  plan: MoviePlan,
  options: GifOptions,
  signal: AbortSignal,
  use: (movie: Movie) => Promise<T>,
): Promise<T> {
  const assembly = new Assembly(stream, ({ arrayId }) => {
    if (arrayId === plan.array.arrayId) return [...plan.array.axes.slice(0, -2).map(() => 1), plan.height, plan.width];
    return arrayId === plan.times?.arrayId ? [timesPerBlock] : undefined;
  });
  if (!plan.looksTwice) return use(passing(assembly, plan, options));
  const spool = openSpool();
  try {
    return await use(await putAside(assembly, plan, options, spool, signal));
  } finally {
    await spool.close();
  }
}

function passing(assembly: Assembly, plan: MoviePlan, options: GifOptions): Movie {
  async function* frames(): AsyncGenerator<Values> {
    for await (const item of assembly) {
      const bytes = frameOf(item, plan);
      if (bytes) yield valuesOf(plan.array, bytes);
    }
  }
  const times = evenTimes(plan.array, options.intervalSeconds);
  const range = givenRange(plan, options);
  return { frames: frames(), times, range, length: plan.frames, warnings: [], gaps: assembly.gaps };
}

async function putAside(
  assembly: Assembly,
  plan: MoviePlan,
  options: GifOptions,
  spool: Spool,
  signal: AbortSignal,
): Promise<Movie> {
  const timeBlocks: Uint8Array[] = [];
  const found = survey();
  const given = givenRange(plan, options);
  const surveyed = given === undefined && options.range !== "frame";
  let length = 0;
  for await (const item of assembly) {
    signal.throwIfAborted();
    if (item.kind === "block" && item.block.array.arrayId === plan.times?.arrayId) timeBlocks.push(item.block.data);
    const bytes = frameOf(item, plan);
    if (!bytes) continue;
    const written = spool.append(bytes);
    // Looked at while it is on its way to the disk.
    if (surveyed) surveyOf(valuesOf(plan.array, bytes), found);
    await written;
    length++;
  }
  const frameBytes = plan.width * plan.height * itemSize[plan.array.dataType as DataType];
  const memory = Array.from({ length: readAhead + 1 }, () => new Uint8Array(frameBytes));
  async function* frames(): AsyncGenerator<Values> {
    const read = async (index: number) => {
      const bytes = memory[index % memory.length] as Uint8Array;
      await spool.readInto(index * frameBytes, bytes);
      return bytes;
    };
    for await (const bytes of inOrder(Array(length).keys(), readAhead, read, signal)) yield valuesOf(plan.array, bytes);
  }
  const scan = async (visit: (values: Values) => void) => {
    for await (const values of frames()) visit(values);
  };
  const times = plan.times
    ? recordedTimes(
        { array: plan.array, times: plan.times, frames: length },
        Buffer.concat(timeBlocks),
        options.intervalSeconds,
      )
    : evenTimes(plan.array, options.intervalSeconds);
  const range = surveyed ? await commonRange(found, scan, options) : given;
  const warnings = surveyed && length > 0 ? rangeWarnings(found, plan) : [];
  return { frames: frames(), times, range, length, warnings, gaps: assembly.gaps };
}

/** The range where it does not depend on the values; undefined otherwise. */
function givenRange({ array }: MoviePlan, { range, zMin, zMax }: GifOptions): ValueRange | undefined {
  if (range === "fixed") return { low: zMin as number, high: zMax as number };
  return array.dataType === "bool" ? { low: 0, high: 1 } : undefined;
}

async function commonRange(
  found: Survey,
  scan: (visit: (values: Values) => void) => Promise<void>,
  { range, lowPercentile = 1, highPercentile = 99 }: GifOptions,
): Promise<ValueRange> {
  if (found.count === 0 || range === "global") return found;
  const [low, high] = await percentiles(scan, found, [lowPercentile, highPercentile]);
  return { low: low as number, high: high as number };
}

function rangeWarnings({ count, low, high }: Survey, { array }: MoviePlan): Problem[] {
  if (count > 0 && low < high) return [];
  return [
    warning({
      reason: "VALUES_ALIKE",
      message: count === 0 ? "There is no finite value to show." : "All finite values are alike; they get one color.",
      field: `arrays.${array.name}`,
      got: count === 0 ? "NaN and infinities" : String(low),
      allowed: ["values that differ"],
      remedy: "Show another array by the option `image`, or set range to fixed, zMin and zMax.",
    }),
  ];
}

/** The bytes of a frame, if the item is one. */
function frameOf(item: AssemblyItem, { array, width, height }: MoviePlan): Uint8Array | undefined {
  if (item.kind !== "block" || item.block.array.arrayId !== array.arrayId) return undefined;
  const { data, shape } = item.block;
  if (shape.at(-2) === height && shape.at(-1) === width) return data;
  throw new SluiceError({
    reason: "IMAGE_INCOMPLETE",
    message: "The image ended before its last row.",
    field: `arrays.${array.name}`,
    got: `${shape.at(-2)} rows`,
    allowed: [`${height} rows`],
    remedy: "Send all rows, or give the array a fill value.",
    grpcCode: Code.DATA_LOSS,
  });
}
