import { type DatasetStream, payloadBytes, RaggedGuard, TableGuard, withSequence } from "@sluice/core";
import type { ArraySpec, Frame, TableBatch, TableSpec } from "@sluice/proto";
import { HeldFrames } from "./held-frames.ts";
import { type SpikeRun, spikeRuns } from "./spike-runs.ts";

/** Who is shown every spike and every row, once and in order, before the frame that holds it is passed on. */
export interface Onlooker {
  /** The array of spike times, if there is one. */
  readonly times: ArraySpec | undefined;
  readonly tables: readonly TableSpec[];
  /** An error ends the export. */
  spikes(run: SpikeRun): void;
  rows(table: TableSpec, batch: TableBatch): void;
}

/** How much waits. */
export interface FirstLookLimits {
  /** Bytes that are held in memory; more waits on disk. */
  readonly heldBytes: number;
  /** Bytes of other arrays than ragged ones behind which the look ends: nobody puts raw traces aside. */
  readonly denseBytes: number;
}

/** What a first look holds in memory: the spikes of a million, or two. */
export const firstLookLimits: FirstLookLimits = { heldBytes: 2 ** 24, denseBytes: 2 ** 22 };

/** A stream whose beginning was looked at: the same frames, uncopied. */
export interface LookedAt extends DatasetStream {
  /** What had not come to its end when the look ended, because a big array came before: it is shown while it is read. */
  readonly pending: ReadonlySet<ArraySpec | TableSpec>;
}

/**
 * Shows spikes and tables to an onlooker before `use` begins, which may then write: what is wrong with them is told before
 * the first byte. Ends when all have come, or a big array comes between; what comes later is shown on its way.
 *
 * Memory: {@link firstLookLimits}, whatever the length of the spikes.
 */
export async function lookFirst<Result>(
  stream: DatasetStream,
  onlooker: Onlooker,
  use: (stream: LookedAt) => Promise<Result>,
  { heldBytes, denseBytes }: FirstLookLimits = firstLookLimits,
): Promise<Result> {
  const source = stream.frames[Symbol.asyncIterator]();
  const held = new HeldFrames(heldBytes);
  const look = new Look(onlooker);
  let isOver = false;
  const next = async (): Promise<Frame | undefined> => {
    const result = await source.next();
    if (!result.done) return look.show(result.value);
    isOver = true;
    return undefined;
  };
  async function* frames(): AsyncGenerator<Frame> {
    yield* held.drain();
    for (let frame = isOver ? undefined : await next(); frame; frame = await next()) yield frame;
  }
  try {
    while (look.pending.size > 0 && look.denseBytes <= denseBytes) {
      const frame = await next();
      if (!frame) break;
      await held.push(frame);
    }
    return await use({ ...stream, frames: frames(), pending: isOver ? new Set() : look.pending });
  } finally {
    await held.close();
    if (!isOver) await source.return?.();
  }
}

/** What was shown, and what is still to come. */
class Look {
  /** Payload of arrays that are not ragged. */
  denseBytes = 0;
  readonly pending = new Set<ArraySpec | TableSpec>();
  readonly #onlooker: Onlooker;
  readonly #times: RaggedGuard | undefined;
  readonly #tables: ReadonlyMap<number, TableGuard>;

  constructor(onlooker: Onlooker) {
    const { times, tables } = onlooker;
    this.#onlooker = onlooker;
    this.#times = times && new RaggedGuard(times);
    this.#tables = new Map(tables.map((table) => [table.tableId, new TableGuard(table)]));
    for (const table of tables) if (table.rows !== 0) this.pending.add(table);
    if (times && times.axes[0]?.size !== 0) this.pending.add(times);
  }

  /** The frame, when it was shown. */
  show(frame: Frame): Frame {
    const { content } = frame;
    const times = this.#times;
    const isTimes = content?.$case === "ragged" && content.value.arrayId === times?.array.arrayId;
    try {
      if (times && isTimes) {
        times.admit(content.value);
        for (const run of spikeRuns(times.array, content.value)) this.#onlooker.spikes(run);
      } else if (content?.$case === "batch") this.#batch(content.value);
      else if (content?.$case === "chunk") this.denseBytes += payloadBytes(frame);
    } catch (error) {
      throw withSequence(error, frame.sequence);
    }
    if (!times || isTimes) return frame;
    // The last unit may go on in the next frame: it is whole when something else comes.
    const hasEnded = content?.$case === "arrayEnd" && content.value.arrayId === times.array.arrayId;
    if (hasEnded || times.reached === times.length) this.pending.delete(times.array);
    return frame;
  }

  #batch(batch: TableBatch): void {
    const guard = this.#tables.get(batch.tableId);
    if (!guard) return;
    guard.admit(batch);
    this.#onlooker.rows(guard.table, batch);
    if (guard.rows === guard.table.rows) this.pending.delete(guard.table);
  }
}
