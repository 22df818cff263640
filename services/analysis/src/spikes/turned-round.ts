import { chunkFrame, type DataType, itemSize } from "@sluice/core";
import type { Frame } from "@sluice/proto";
import { openSpool, type Spool } from "@sluice/sink";
import { transposed } from "@sluice/spikes";
import type { RawBlock } from "./raw-blocks.ts";
import type { RawRecording } from "./raw-recording.ts";

const chunkBytes = 2 ** 20;
/** Read at once, so that the pieces of single channels are not too short for a disk. */
const readBytes = 16 * 2 ** 20;

/** Raw traces [channel, sample] on their way to [sample, channel], over the disk. Memory: 16 MiB. */
export class TurnedRound {
  readonly #spool: Spool = openSpool();
  readonly #recording: RawRecording;

  constructor(recording: RawRecording) {
    this.#recording = recording;
  }

  /** Blocks come in C order, each once. */
  async put({ data }: RawBlock): Promise<void> {
    await this.#spool.append(data);
  }

  /** The traces as chunks [sample, channel]. */
  async *frames(): AsyncGenerator<Frame> {
    const { array, channels, samples = 0 } = this.#recording;
    const bytes = itemSize[array.dataType as DataType];
    if (channels === 0) return;
    const perChunk = Math.max(1, Math.floor(chunkBytes / (channels * bytes)));
    const perRead = perChunk * Math.max(1, Math.floor(readBytes / (perChunk * channels * bytes)));
    const rows = new Uint8Array(channels * Math.min(perRead, samples) * bytes);
    for (let first = 0; first < samples; first += perRead) {
      const count = Math.min(perRead, samples - first);
      const row = count * bytes;
      for (let channel = 0; channel < channels; channel++) {
        const part = rows.subarray(channel * row, (channel + 1) * row);
        await this.#spool.readInto((channel * samples + first) * bytes, part);
      }
      for (let start = 0; start < count; start += perChunk) {
        const length = Math.min(perChunk, count - start);
        const data = transposed(rows, channels, count, bytes, { start, length });
        yield chunkFrame({ arrayId: array.arrayId, offset: [first + start, 0], shape: [length, channels], data });
      }
    }
  }

  close(): Promise<void> {
    return this.#spool.close();
  }
}
