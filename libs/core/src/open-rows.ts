import type { ArrayGuard } from "./array-guard.ts";
import type { Box } from "./box.ts";
import { OpenRow } from "./open-row.ts";
import { Code } from "./problem.ts";

/** How much the rows of one array may hold, in bytes. */
export interface OpenRowLimits {
  /** Incomplete grid rows together; one row is always allowed. */
  readonly openBytes: number;
  /** One grid row. */
  readonly rowBytes: number;
}

/** The rows of one array that are on their way, by their index, and the memory that they take together. */
export class OpenRows {
  readonly #guard: ArrayGuard;
  readonly #rowLength: number;
  readonly #limits: OpenRowLimits;
  readonly #rows = new Map<number, OpenRow>();
  #bytes = 0;

  /** @param rowLength indices of axis 0 in a whole row */
  constructor(guard: ArrayGuard, rowLength: number, limits: OpenRowLimits) {
    this.#guard = guard;
    this.#rowLength = rowLength;
    this.#limits = limits;
  }

  /** Held by all of them. */
  get bytes(): number {
    return this.#bytes;
  }

  get(index: number): OpenRow | undefined {
    return this.#rows.get(index);
  }

  /** Takes the memory of a row. ROW_TOO_LARGE or CHUNK_ORDER_UNBOUNDED beyond the limits. */
  open(index: number, box: Box): OpenRow {
    const bytes = (box.shape[0] as number) * this.#guard.frameBytes;
    this.requireRowBytes(bytes);
    if (this.#rows.size > 0 && this.#bytes + bytes > this.#limits.openBytes) {
      throw this.#guard.error({
        reason: "CHUNK_ORDER_UNBOUNDED",
        message: "Too many rows of the grid are incomplete at once.",
        got: `${this.#bytes + bytes} bytes in ${this.#rows.size + 1} rows`,
        allowed: [`up to ${this.#limits.openBytes} bytes`],
        remedy:
          "Send chunks in the order of axis 0, and chunks that cover fewer indices of axis 0 and more of the others.",
        grpcCode: Code.RESOURCE_EXHAUSTED,
      });
    }
    const row = new OpenRow(box, this.#guard.itemBytes);
    this.#rows.set(index, row);
    this.#bytes += bytes;
    return row;
  }

  /** Lets go of a row, if it was open. */
  close(index: number): void {
    this.#bytes -= this.#rows.get(index)?.data.length ?? 0;
    this.#rows.delete(index);
  }

  /** ROW_TOO_LARGE for a row of more bytes than may be held, open or made up of fill values. */
  requireRowBytes(bytes: number): void {
    if (bytes <= this.#limits.rowBytes) return;
    throw this.#guard.error({
      reason: "ROW_TOO_LARGE",
      message: "One row of the writer's grid is larger than may be held in memory.",
      got: `${bytes} bytes for ${this.#rowLength} indices of axis 0`,
      allowed: [`up to ${this.#limits.rowBytes} bytes`],
      remedy: "Send the chunks of each index of axis 0 in C order, or choose a format option with smaller chunks.",
      grpcCode: Code.RESOURCE_EXHAUSTED,
    });
  }
}
