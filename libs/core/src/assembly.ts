import type { ArrayDigest, ArrayEnd, ArraySpec, Frame, Gap } from "@sluice/proto";
import { ArrayGuard } from "./array-guard.ts";
import type { AssemblyItem } from "./assembly-item.ts";
import { checkHeader } from "./header.ts";
import { isError, SluiceError } from "./problem.ts";
import { RaggedDigests } from "./ragged-digest.ts";
import { RaggedGuard } from "./ragged-guard.ts";
import { type AssemblyLimits, defaultAssemblyLimits, RowAssembly } from "./row-assembly.ts";
import type { DatasetStream } from "./stream.ts";
import { TableGuard } from "./table-guard.ts";

/** The writer's grid for an array, one length for each axis; undefined: the array is checked, but not assembled. */
export type GridOf = (array: ArraySpec) => readonly number[] | undefined;

/** The grid of whole frames, [1, ...rest]: one block for each index of axis 0. */
export function wholeFrames(array: ArraySpec): number[] {
  return array.axes.map((axis, index) => (index === 0 ? 1 : (axis.size ?? 1)));
}

/**
 * Turns the frames of a stream, whatever boxes its chunks have, into the cells of the writer's grids.
 *
 * Holds one row of the grid for each array in row-major order, and a bounded number of rows otherwise. Checks
 * everything on the way: range, bytes, order, overlap, completeness. Missing elements become the array's fill value and
 * a gap, or the error CHUNK_MISSING. Can be iterated once.
 */
export class Assembly implements AsyncIterable<AssemblyItem> {
  /** What never came. Complete once the iteration is over. */
  readonly gaps: Gap[] = [];
  /** Digests of the assembled and the ragged arrays, in the order of the header. Filled when the iteration is over. */
  readonly digests: ArrayDigest[] = [];
  readonly #frames: AsyncIterable<Frame>;
  readonly #guards = new Map<number, ArrayGuard | RaggedGuard>();
  /** Of the arrays that are assembled. */
  readonly #rows = new Map<number, RowAssembly>();
  readonly #ragged = new Map<number, RaggedDigests>();
  readonly #tables = new Map<number, TableGuard>();

  constructor(stream: DatasetStream, gridOf: GridOf, limits: Partial<AssemblyLimits> = {}) {
    const fault = checkHeader(stream.header).find(isError);
    if (fault) throw new SluiceError(fault);
    this.#frames = stream.frames;
    for (const array of stream.header.arrays) {
      const guard = array.ragged ? new RaggedGuard(array) : new ArrayGuard(array);
      this.#guards.set(array.arrayId, guard);
      if (guard instanceof RaggedGuard) this.#ragged.set(array.arrayId, new RaggedDigests(guard.itemBytes));
      const grid = array.ragged ? undefined : gridOf(array);
      if (grid && guard instanceof ArrayGuard) {
        this.#rows.set(array.arrayId, new RowAssembly(guard, grid, { ...defaultAssemblyLimits, ...limits }, this.gaps));
      }
    }
    for (const table of stream.header.tables) this.#tables.set(table.tableId, new TableGuard(table));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AssemblyItem, void, undefined> {
    for await (const frame of this.#frames) {
      try {
        yield* this.#take(frame);
      } catch (error) {
        throw withSequence(error, frame.sequence);
      }
    }
    yield* this.#finish();
  }

  *#take({ content }: Frame): Generator<AssemblyItem> {
    switch (content?.$case) {
      case "chunk": {
        const guard = this.#guard(content.value.arrayId);
        if (guard instanceof RaggedGuard) throw kindMismatch(guard.array, "ArrayChunk", "RaggedChunk");
        const rows = this.#rows.get(content.value.arrayId);
        if (rows) yield* rows.chunk(content.value);
        else guard.admit(content.value);
        return;
      }
      case "ragged": {
        const guard = this.#guard(content.value.arrayId);
        if (guard instanceof ArrayGuard) throw kindMismatch(guard.array, "RaggedChunk", "ArrayChunk");
        guard.admit(content.value);
        this.#ragged.get(content.value.arrayId)?.update(content.value);
        yield { kind: "ragged", array: guard.array, chunk: content.value };
        return;
      }
      case "batch": {
        const guard = this.#tables.get(content.value.tableId);
        if (!guard) throw unknownId("TABLE_UNKNOWN", "tableId", content.value.tableId, this.#tables.keys());
        guard.admit(content.value);
        yield { kind: "batch", table: guard.table, batch: content.value };
        return;
      }
      case "arrayEnd":
        yield* this.#end(this.#guard(content.value.arrayId), content.value);
        return;
      default:
        throw new SluiceError({
          reason: "FRAME_UNEXPECTED",
          message: "The stream holds a frame that carries no data.",
          got: content?.$case ?? "a frame without content",
          allowed: ["chunk", "ragged", "batch", "arrayEnd"],
          remedy: "Send all specs before the first data.",
        });
    }
  }

  *#end(guard: ArrayGuard | RaggedGuard, end?: ArrayEnd): Generator<AssemblyItem> {
    const rows = this.#rows.get(guard.array.arrayId);
    if (rows) return yield* rows.end(end);
    const length = guard.close(end);
    if (guard instanceof RaggedGuard) this.#addEarlyEnd(guard.array.name, length, guard.length);
    yield { kind: "end", array: guard.array, shape: [length, ...guard.rest] };
  }

  *#finish(): Generator<AssemblyItem> {
    for (const [id, guard] of this.#guards) {
      if (!guard.ended) yield* this.#end(guard);
      const digest = this.#rows.get(id)?.digest ?? this.#raggedDigest(id, guard);
      if (digest) this.digests.push(digest);
    }
    for (const { table, rows } of this.#tables.values()) this.#addEarlyEnd(table.name, rows, table.rows);
  }

  #raggedDigest(id: number, { array, reached }: ArrayGuard | RaggedGuard): ArrayDigest | undefined {
    return this.#ragged.get(id)?.finish(array.name, array.dataType, reached);
  }

  #addEarlyEnd(array: string, length: number, declared: number | undefined): void {
    if (declared === undefined || length >= declared) return;
    this.gaps.push({ array, first: length, count: declared - length, filled: false });
  }

  #guard(id: number): ArrayGuard | RaggedGuard {
    const guard = this.#guards.get(id);
    if (guard) return guard;
    throw unknownId("ARRAY_UNKNOWN", "arrayId", id, this.#guards.keys());
  }
}

function unknownId(reason: string, field: string, id: number, known: Iterable<number>): SluiceError {
  return new SluiceError({
    reason,
    message: "A frame refers to an id that the header does not open.",
    field,
    got: String(id),
    allowed: [...known].map(String),
    remedy: "Send the spec before the first data, or correct the id.",
  });
}

function kindMismatch(array: ArraySpec, got: string, allowed: string): SluiceError {
  return new SluiceError({
    reason: "CHUNK_KIND_MISMATCH",
    message: "Ragged arrays come as ragged chunks, all others as chunks.",
    field: `arrays.${array.name}`,
    got,
    allowed: [allowed],
    remedy: "Send the kind of chunk that the array's spec asks for.",
  });
}

/** An error of ours with the number of the frame that it concerns, where the frame has one. */
export function withSequence(error: unknown, sequence: number): unknown {
  if (!(error instanceof SluiceError) || sequence === 0) return error;
  return new SluiceError({ ...error.problem, sequence }, { cause: error });
}
