import { SluiceError } from "@sluice/core";
import type { Frame } from "@sluice/proto";
import { Deviation, NoiseEstimate } from "../numeric/noise.ts";
import { ZeroPhaseFilter, type ZeroPhasePlan } from "../numeric/zero-phase.ts";
import { tooShort } from "./band.ts";
import { ChannelSpool } from "./channel-spool.ts";
import { channelBlocks, RawAssembly, type RawBlock } from "./raw-blocks.ts";
import type { RawRecording } from "./raw-recording.ts";

/** How traces are filtered and kept. */
export interface TracesPlan {
  readonly recording: RawRecording;
  readonly filter: ZeroPhasePlan | undefined;
  readonly noise: "median absolute deviation" | "standard deviation";
  /** False: the traces are rounded to float32 on disk. */
  readonly exact: boolean;
}

/**
 * Raw traces on their way through a filter to the disk, from where they are read again channel by channel. Memory: a
 * filter block and 256 KiB a channel, and 32 MiB that are on their way.
 */
export class FilteredTraces {
  readonly #plan: TracesPlan;
  readonly #raw: RawAssembly;
  readonly #filters: readonly (ZeroPhaseFilter | undefined)[];
  readonly #noise: readonly (NoiseEstimate | Deviation)[];
  readonly #spool: ChannelSpool;
  /** Samples of each channel so far. */
  readonly #counts: Float64Array;

  constructor(plan: TracesPlan) {
    const { recording, filter, noise, exact } = plan;
    const channels = Array.from({ length: recording.channels });
    this.#plan = plan;
    this.#raw = new RawAssembly(recording);
    this.#filters = channels.map(() => filter && new ZeroPhaseFilter(filter));
    this.#noise = channels.map(() => (noise === "standard deviation" ? new Deviation() : new NoiseEstimate()));
    this.#spool = new ChannelSpool(recording.channels, exact ? Float64Array : Float32Array);
    this.#counts = new Float64Array(recording.channels);
  }

  /** True for frames of the traces. */
  owns(frame: Frame): boolean {
    return this.#raw.owns(frame);
  }

  /**
   * Takes a frame of the traces.
   *
   * @param keep takes each block as it came, before it is filtered
   */
  take(frame: Frame, keep?: (block: RawBlock) => Promise<void>): Promise<void> {
    return this.#takeBlocks(this.#raw.take(frame), keep);
  }

  /** Ends the traces: RECORDING_TOO_SHORT, RAW_INCOMPLETE, or what the disk says. */
  async finish(keep?: (block: RawBlock) => Promise<void>): Promise<void> {
    await this.#takeBlocks(this.#raw.finish(), keep);
    for (const [channel, filter] of this.#filters.entries()) {
      if (filter && !filter.finish((filtered) => this.#put(channel, filtered))) {
        throw new SluiceError(tooShort(this.#plan.filter?.edge ?? 0, this.#counts[channel] as number));
      }
      await this.#spool.settle();
    }
    await this.#spool.settle(true);
  }

  /** Noise of a channel; once the traces have ended. */
  noise(channel: number): number {
    return this.#noise[channel]?.value() ?? Number.NaN;
  }

  /** The filtered values of a channel in order, in pieces; once the traces have ended. */
  read(channel: number): AsyncIterable<Float64Array> {
    return this.#spool.read(channel);
  }

  close(): Promise<void> {
    return this.#spool.close();
  }

  async #takeBlocks(blocks: Iterable<RawBlock>, keep?: (block: RawBlock) => Promise<void>): Promise<void> {
    for (const block of blocks) {
      await keep?.(block);
      for (const { channel, values } of channelBlocks(this.#plan.recording, block)) {
        this.#counts[channel] = (this.#counts[channel] as number) + values.length;
        const filter = this.#filters[channel];
        if (filter) filter.push(values, (filtered) => this.#put(channel, filtered));
        else this.#put(channel, values);
      }
      await this.#spool.settle();
    }
  }

  #put(channel: number, values: Float64Array): void {
    this.#noise[channel]?.take(values);
    this.#spool.put(channel, values);
  }
}
