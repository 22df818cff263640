import { SluiceError } from "@sluice/core";
import type { Frame } from "@sluice/proto";
import { Extremes } from "../numeric/extremes.ts";
import { Deviation, NoiseEstimate, noiseRoom } from "../numeric/noise.ts";
import { heldSamples, ZeroPhaseFilter, type ZeroPhasePlan } from "../numeric/zero-phase.ts";
import { tooShort } from "./band.ts";
import { ChannelSpool, type KeptValues } from "./channel-spool.ts";
import { channelBlocks, mostSamples, RawAssembly, type RawBlock } from "./raw-blocks.ts";
import { type RawRecording, reachesLimits } from "./raw-recording.ts";
import { TurnedSamples } from "./turned-samples.ts";

/**
 * The result of the filter is exact to this part of the largest value: what it makes of a constant is rounding, and
 * spikes would be found in it.
 */
const filterRounding = 1e-12;

/** How traces are filtered and kept. */
export interface TracesPlan {
  readonly recording: RawRecording;
  readonly filter: ZeroPhasePlan | undefined;
  readonly noise: "median absolute deviation" | "standard deviation";
  /** False: the traces are rounded to float32 where they are kept. */
  readonly exact: boolean;
}

/** Memory that one channel works in, and then the next. */
interface Rooms {
  readonly filter: Float64Array;
  readonly noise: Float64Array;
}

/** A channel on its way. */
interface OpenChannel {
  readonly rooms: Rooms;
  readonly filter: ZeroPhaseFilter | undefined;
  readonly noise: NoiseEstimate | Deviation;
  /** Of the values before the filter. */
  readonly extremes: Extremes;
  samples: number;
}

/** What channels that are under way together may hold, unless one alone takes more. */
const mostOpenBytes = 16 * 2 ** 20;

/**
 * Raw traces on their way through a filter to where they are kept until they are read, channel by channel: in memory if
 * they are few, else on disk. Where the channel comes first, each is filtered while it comes; else all wait as they are
 * stored, and are filtered at the end. Memory: 80 MiB, or 64 MiB and a filter of one channel, twice, if that is more.
 */
export class FilteredTraces {
  readonly #plan: TracesPlan;
  readonly #raw: RawAssembly;
  /** Traces that are turned round first. */
  readonly #turned: TurnedSamples | undefined;
  readonly #open = new Map<number, OpenChannel>();
  readonly #freeRooms: Rooms[] = [];
  readonly #noise: Float64Array;
  readonly #clipped: boolean[] = [];
  readonly #kept: ChannelSpool;
  readonly #rawRoom = new Float64Array(mostSamples);
  readonly #filterRoom: Float64Array;

  constructor(plan: TracesPlan) {
    const { recording, filter, exact } = plan;
    this.#plan = plan;
    this.#raw = new RawAssembly(recording);
    this.#turned = recording.layout === "samples-first" ? new TurnedSamples(recording) : undefined;
    this.#noise = new Float64Array(recording.channels).fill(Number.NaN);
    this.#kept = new ChannelSpool(recording.channels, exact ? Float64Array : Float32Array);
    this.#filterRoom = new Float64Array(filter ? heldSamples(filter) : 0);
  }

  /** True for frames of the traces. */
  owns(frame: Frame): boolean {
    return this.#raw.owns(frame);
  }

  /**
   * Takes a frame of the traces and gives the channels that are complete with it, which can be read from now on.
   *
   * @param keep takes each block as it came, before it is filtered
   */
  take(frame: Frame, keep?: (block: RawBlock) => Promise<void>): AsyncGenerator<number> {
    return this.#takeBlocks(this.#raw.take(frame), keep);
  }

  /** Ends the traces and gives the other channels: RECORDING_TOO_SHORT, RAW_INCOMPLETE, or what the disk says. */
  async *finish(keep?: (block: RawBlock) => Promise<void>): AsyncGenerator<number> {
    yield* this.#takeBlocks(this.#raw.finish(), keep);
    if (this.#turned) yield* this.#takeTurned(this.#turned);
    yield* this.#completeAll();
  }

  /** Noise of a channel that is complete: 0 where there is nothing but the filter's rounding, NaN without samples. */
  noise(channel: number): number {
    return this.#noise[channel] ?? Number.NaN;
  }

  /** True for a channel that is complete and has values at an end of the range of its 8 or 16 bits. */
  isClipped(channel: number): boolean {
    return this.#clipped[channel] ?? false;
  }

  /**
   * The filtered values of a channel that is complete, in order, in pieces that last until the next one is asked for. No
   * frame is taken meanwhile.
   */
  read(channel: number): AsyncIterable<KeptValues> {
    return this.#kept.read(channel);
  }

  /** Forgets the values of a channel. */
  drop(channel: number): Promise<void> {
    return this.#kept.drop(channel);
  }

  async close(): Promise<void> {
    await this.#turned?.close();
    await this.#kept.close();
  }

  async *#takeBlocks(blocks: Iterable<RawBlock>, keep?: (block: RawBlock) => Promise<void>): AsyncGenerator<number> {
    for (const block of blocks) {
      await keep?.(block);
      if (this.#turned) await this.#turned.put(block);
      else yield* this.#filter(block);
    }
  }

  /** Filters what was turned round, a few channels at a time. */
  async *#takeTurned(turned: TurnedSamples): AsyncGenerator<number> {
    const { recording } = this.#plan;
    const openBytes = 8 * (noiseRoom + this.#filterRoom.length);
    const together = Math.max(1, Math.min(turned.together, Math.floor(mostOpenBytes / openBytes)));
    for (let first = 0; first < recording.channels; first += together) {
      const count = Math.min(together, recording.channels - first);
      for await (const block of turned.blocks(first, count)) yield* this.#filter(block);
      yield* this.#completeAll();
    }
  }

  /** Takes a block of whole channels, or of parts of one, and gives those that are complete with it. */
  async *#filter(block: RawBlock): AsyncGenerator<number> {
    const { recording } = this.#plan;
    for (const { channel, values } of channelBlocks(recording, block, this.#rawRoom)) {
      const open = this.#open.get(channel) ?? this.#begin(channel);
      open.samples += values.length;
      open.extremes.take(values);
      if (open.filter) open.filter.push(values, (filtered) => this.#put(channel, open, filtered));
      else this.#put(channel, open, values);
      const isComplete = open.samples === recording.samples;
      if (isComplete) this.#complete(channel);
      await this.#kept.settle();
      if (isComplete) yield channel;
    }
  }

  async *#completeAll(): AsyncGenerator<number> {
    for (const channel of this.#open.keys()) {
      this.#complete(channel);
      await this.#kept.settle();
      yield channel;
    }
  }

  #begin(channel: number): OpenChannel {
    const { filter, noise } = this.#plan;
    const rooms = this.#freeRooms.pop() ?? {
      filter: new Float64Array(this.#filterRoom.length),
      noise: new Float64Array(noiseRoom),
    };
    const open = {
      rooms,
      filter: filter && new ZeroPhaseFilter(filter, this.#filterRoom, rooms.filter),
      noise: noise === "standard deviation" ? new Deviation(rooms.noise) : new NoiseEstimate(rooms.noise),
      extremes: new Extremes(),
      samples: 0,
    };
    this.#open.set(channel, open);
    return open;
  }

  #complete(channel: number): void {
    const open = this.#open.get(channel) as OpenChannel;
    this.#open.delete(channel);
    if (open.filter && !open.filter.finish((filtered) => this.#put(channel, open, filtered))) {
      throw new SluiceError(tooShort(this.#plan.filter?.edge ?? 0, open.samples));
    }
    const noise = open.noise.value();
    this.#freeRooms.push(open.rooms);
    // The standard deviation stays what SpikeLab says it is.
    const isRounding =
      open.filter && open.noise instanceof NoiseEstimate && noise <= filterRounding * open.extremes.magnitude;
    this.#noise[channel] = isRounding ? 0 : noise;
    this.#clipped[channel] = reachesLimits(this.#plan.recording, open.extremes);
  }

  #put(channel: number, { noise }: OpenChannel, values: Float64Array): void {
    noise.take(values);
    this.#kept.put(channel, values);
  }
}
