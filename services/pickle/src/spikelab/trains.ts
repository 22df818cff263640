import { asBytes, asElements, warning } from "@sluice/core";
import type { ArraySpec, Problem, RaggedChunk } from "@sluice/proto";
import type { Spool } from "@sluice/sink";
import { ascending, RecordingWindow, type Spikes, spikeRuns } from "@sluice/spikes";
import { type Payload, whole } from "../payload.ts";
import { RaggedRows } from "../ragged-rows.ts";

/** The trains of a recording on their way: times in milliseconds, ascending, as SpikeLab's constructor leaves them. */
export class Trains {
  readonly #times: ArraySpec;
  readonly #rows: RaggedRows;
  readonly #window: RecordingWindow;
  readonly #unsorted = new Set<number>();
  #before = Number.NEGATIVE_INFINITY;

  constructor({ trains, times }: Spikes, spool: Spool) {
    this.#times = times;
    this.#rows = new RaggedRows(spool, Float64Array.BYTES_PER_ELEMENT);
    this.#window = new RecordingWindow(trains, `arrays.${times.name}`);
  }

  /** Spikes of each unit. */
  get lengths(): readonly number[] {
    return this.#rows.lengths;
  }

  /** @throws SluiceError SPIKE_TIME_INVALID, SPIKE_OUTSIDE_RECORDING */
  async take(chunk: RaggedChunk): Promise<void> {
    const parts: Float64Array[] = [];
    for (const { unit, begins, seconds } of spikeRuns(this.#times, chunk)) {
      this.#window.take(seconds, unit);
      if (begins) this.#before = Number.NEGATIVE_INFINITY;
      parts.push(seconds.map((time) => this.#milliseconds(time, unit)));
    }
    await this.#rows.take(chunk, Buffer.concat(parts.map((part) => asBytes(part))));
  }

  /** The times of one unit after another. Units that do not ascend stand in memory while they are sorted. */
  async *payloads(): AsyncGenerator<Payload> {
    let unit = 0;
    for await (const payload of this.#rows.payloads()) {
      yield this.#unsorted.has(unit) ? await sorted(payload) : payload;
      unit++;
    }
  }

  /** Start and length that leave no spike outside. */
  window(): { startMs: number; lengthMs: number } {
    return this.#window.asLoaded({ unit: "ms" });
  }

  warnings(): Problem[] {
    if (this.#unsorted.size === 0) return [];
    return [
      warning({
        reason: "SPIKES_UNSORTED",
        message: "Spikes of some units do not ascend; they are sorted in the file, as SpikeLab has them.",
        field: `arrays.${this.#times.name}`,
        got: `${this.#unsorted.size} units`,
      }),
    ];
  }

  /** SpikeLab's own conversion. */
  #milliseconds(seconds: number, unit: number): number {
    const time = seconds * 1e3;
    if (time < this.#before) this.#unsorted.add(unit);
    this.#before = time;
    return time;
  }
}

async function sorted({ length, pieces }: Payload): Promise<Payload> {
  const bytes = asBytes(ascending(asElements("float64", await whole(pieces()))));
  return { length, pieces: () => [bytes] };
}
