import { SluiceError } from "@sluice/core";
import type { Frame } from "@sluice/proto";
import { Extremes } from "../numeric/extremes.ts";
import { Deviation, NoiseEstimate } from "../numeric/noise.ts";
import { heldSamples, ZeroPhaseFilter, type ZeroPhasePlan } from "../numeric/zero-phase.ts";
import { tooShort } from "./band.ts";
import { ChannelSpool, type KeptValues } from "./channel-spool.ts";
import { channelBlocks, mostSamples, RawAssembly, type RawBlock } from "./raw-blocks.ts";
import { type RawRecording, reachesLimits } from "./raw-recording.ts";

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

/** A channel on its way. */
interface OpenChannel {
  readonly filter: ZeroPhaseFilter | undefined;
  readonly noise: NoiseEstimate | Deviation;
  /** Of the values before the filter. */
  readonly extremes: Extremes;
  samples: number;
}

/**
 * Raw traces on their way through a filter to where they are kept until they are read, channel by channel: in memory if
 * they are few, else on disk. Memory: 32 MiB, and a filter block and 256 KiB for each channel that has begun and not
 * ended: all of them, or one where the channel comes first.
 */
export class FilteredTraces {
  readonly #plan: TracesPlan;
  readonly #raw: RawAssembly;
  readonly #open = new Map<number, OpenChannel>();
  readonly #noise: Float64Array;
  readonly #clipped: boolean[] = [];
  readonly #kept: ChannelSpool;
  readonly #rawRoom = new Float64Array(mostSamples);
  readonly #filterRoom: Float64Array;

  constructor(plan: TracesPlan) {
    const { recording, filter, exact } = plan;
    this.#plan = plan;
    this.#raw = new RawAssembly(recording);
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
  take(frame: Frame, keep?: (block: RawBlock) => Promise<void>): Promise<number[]> {
    return this.#takeBlocks(this.#raw.take(frame), keep);
  }

  /** Ends the traces and gives the other channels: RECORDING_TOO_SHORT, RAW_INCOMPLETE, or what the disk says. */
  async finish(keep?: (block: RawBlock) => Promise<void>): Promise<number[]> {
    const complete = await this.#takeBlocks(this.#raw.finish(), keep);
    for (const channel of this.#open.keys()) {
      this.#complete(channel);
      complete.push(channel);
      await this.#kept.settle();
    }
    await this.#kept.settle(true);
    return complete;
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
  drop(channel: number): void {
    this.#kept.drop(channel);
  }

  close(): Promise<void> {
    return this.#kept.close();
  }

  async #takeBlocks(blocks: Iterable<RawBlock>, keep?: (block: RawBlock) => Promise<void>): Promise<number[]> {
    const complete: number[] = [];
    const { recording } = this.#plan;
    for (const block of blocks) {
      await keep?.(block);
      for (const { channel, values } of channelBlocks(recording, block, this.#rawRoom)) {
        const open = this.#open.get(channel) ?? this.#begin(channel);
        open.samples += values.length;
        open.extremes.take(values);
        if (open.filter) open.filter.push(values, (filtered) => this.#put(channel, open, filtered));
        else this.#put(channel, open, values);
        if (open.samples === recording.samples) {
          this.#complete(channel);
          complete.push(channel);
        }
        await this.#kept.settle();
      }
    }
    return complete;
  }

  #begin(channel: number): OpenChannel {
    const { filter, noise } = this.#plan;
    const open = {
      filter: filter && new ZeroPhaseFilter(filter, this.#filterRoom),
      noise: noise === "standard deviation" ? new Deviation() : new NoiseEstimate(),
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
