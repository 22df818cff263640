import {
  ArrayGuard,
  asElements,
  type DataType,
  defaultAssemblyLimits,
  itemSize,
  RowAssembly,
  SluiceError,
} from "@sluice/core";
import type { ArrayEnd, Frame, Gap } from "@sluice/proto";
import type { RawRecording } from "./raw-recording.ts";

/** Samples of one channel that follow those before, in the unit of the array; they do not last. */
export interface ChannelBlock {
  readonly channel: number;
  readonly values: Float64Array;
}

/** A part of the array as it came, C order: whole samples, or part of one channel where the channel comes first. */
export interface RawBlock {
  readonly offset: readonly number[];
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const blockBytes = 2 ** 20;
/** Samples of a channel in a block at most. */
export const mostSamples = 2 ** 14;

/** Puts the chunks of raw traces in order, whatever boxes they come in, and refuses what is no number. Holds one block. */
export class RawAssembly {
  readonly #recording: RawRecording;
  readonly #gaps: Gap[] = [];
  readonly #rows: RowAssembly;
  #ended = false;

  constructor(recording: RawRecording) {
    const { array, channels, layout } = recording;
    const bytes = itemSize[array.dataType as DataType];
    const whole = Math.min(mostSamples, Math.max(64, Math.floor(blockBytes / (channels * bytes))));
    const cell = layout === "samples-first" ? [whole, channels] : [1, Math.min(mostSamples, recording.samples ?? 1)];
    // There may be no channel, or no sample.
    const grid = cell.map((length) => Math.max(1, length));
    this.#recording = recording;
    this.#rows = new RowAssembly(new ArrayGuard(array), grid, defaultAssemblyLimits, this.#gaps);
  }

  /** True for frames of the raw traces. */
  owns({ content }: Frame): boolean {
    const mine = content?.$case === "chunk" || content?.$case === "arrayEnd";
    return mine && content.value.arrayId === this.#recording.array.arrayId;
  }

  /** Blocks that a frame of the raw traces completes. */
  *take({ content }: Frame): Generator<RawBlock> {
    if (content?.$case === "chunk") yield* this.#blocks(this.#rows.chunk(content.value));
    else if (content?.$case === "arrayEnd") yield* this.#end(content.value);
  }

  /** Blocks that the end of the stream completes. Throws RAW_INCOMPLETE where samples never came. */
  *finish(): Generator<RawBlock> {
    if (!this.#ended) yield* this.#end();
  }

  *#end(end?: ArrayEnd): Generator<RawBlock> {
    this.#ended = true;
    yield* this.#blocks(this.#rows.end(end));
  }

  *#blocks(items: ReturnType<RowAssembly["chunk"]>): Generator<RawBlock> {
    for (const item of items) {
      const { layout, samples } = this.#recording;
      // Channels without samples lack none.
      const gap = samples === 0 ? undefined : this.#gaps.find(({ filled }) => filled || layout === "channels-first");
      if (gap) throw incomplete(gap);
      if (item.kind !== "block") continue;
      requireFinite(this.#recording, item.block);
      yield item.block;
    }
  }
}

/** The samples of a block of channels, channel by channel, as quantities, each in `room` of {@link mostSamples}. */
export function* channelBlocks(
  { array }: RawRecording,
  { offset, shape, data }: RawBlock,
  room: Float64Array,
): Generator<ChannelBlock> {
  const elements = asElements(array.dataType as DataType, data);
  const factor = array.valueScale ?? 1;
  const shift = array.valueOffset ?? 0;
  const isScaled = factor !== 1 || shift !== 0;
  const [channels = 0, count = 0] = shape;
  const values = room.subarray(0, count);
  for (let index = 0; index < channels; index++) {
    take(elements, index * count, values);
    if (isScaled) for (let at = 0; at < count; at++) values[at] = (values[at] as number) * factor + shift;
    yield { channel: (offset[0] as number) + index, values };
  }
}

/** Fills `values` with the elements from `start` on. */
function take(elements: ReturnType<typeof asElements>, start: number, values: Float64Array): void {
  const { length } = values;
  if (elements instanceof BigInt64Array || elements instanceof BigUint64Array) {
    for (let index = 0; index < length; index++) values[index] = Number(elements[start + index]);
  } else {
    values.set(elements.subarray(start, start + length));
  }
}

/** Throws RAW_NOT_FINITE: a filter would spread such values. */
function requireFinite({ array, layout }: RawRecording, { offset, shape, data }: RawBlock): void {
  if (!array.dataType.startsWith("float")) return;
  const elements = asElements(array.dataType as "float32" | "float64", data);
  for (let index = 0; index < elements.length; index++) {
    if (Number.isFinite(elements[index])) continue;
    const [row = 0, column = 0] = offset;
    const columns = shape[1] as number;
    const place = [row + Math.floor(index / columns), column + (index % columns)];
    const [sample, channel] = layout === "samples-first" ? place : place.toReversed();
    throw new SluiceError({
      reason: "RAW_NOT_FINITE",
      message: "The raw traces hold a value that is no number; a filter would spread it over the rest of the channel.",
      field: `arrays.${array.name}`,
      got: `${elements[index]} at sample ${sample} of channel ${channel}`,
      remedy: "Replace it in the recording, or leave the channel out.",
    });
  }
}

function incomplete({ array, first, count }: Gap): SluiceError {
  return new SluiceError({
    reason: "RAW_INCOMPLETE",
    message: "Samples of the raw traces never came; values that stand for them would be taken for measured ones.",
    field: `arrays.${array}`,
    got: `${count} missing from index ${first}`,
    remedy: "Export without this step, or send the missing samples.",
  });
}
