import { asElements, type Block, Cast, type DataType, toSeconds } from "@sluice/core";
import type { TableBatch } from "@sluice/proto";
import { type Bundle, type FramesSource, timeUnit } from "./bundle.ts";
import { columnValues } from "./column-values.ts";
import type { JsonObject } from "./json.ts";

/** What playNano knows of one frame. */
export type FrameRecord = JsonObject;

/** Keys of a frame that playNano knows (0.5); of others it warns, once for each frame. */
const knownFrameKeys = [
  "timestamp",
  "frame_pixel_size_nm",
  "frame_duration_s",
  "start_epoch_ms",
  "scan_direction",
  "line_rate",
] as const;

/** Attribute of a frames table all of whose columns are keys of playNano's frame metadata, known or not. */
export const frameKeysAttribute = "playnano_frame_metadata";

/** Columns of other names that mean the same as a key of playNano, by name and unit. */
const aliases: Readonly<Record<string, string>> = { "start_times ms": "start_epoch_ms" };

/** Gathers what is known of each frame while the data stream by. Memory: times and rows of the frames table. */
export class FrameMetadata {
  readonly #source: FramesSource;
  readonly #constants: JsonObject;
  readonly #times: Float64Array[] = [];
  /** Values by column. */
  readonly #columns: unknown[][];

  constructor(source: FramesSource, { pixelSizeNm, stack: { lineRateHz } }: Pick<Bundle, "pixelSizeNm" | "stack">) {
    this.#source = source;
    this.#constants = {
      frame_pixel_size_nm: pixelSizeNm,
      ...(lineRateHz === undefined ? {} : { line_rate: lineRateHz }),
    };
    this.#columns = (source.table?.columns ?? []).map(() => []);
  }

  /** Takes a block of any array; keeps it when it holds times of these frames. Blocks ascend. */
  addBlock({ array, data }: Block): void {
    if (array.arrayId !== this.#source.times?.arrayId) return;
    const { valueScale = 1, valueOffset = 0 } = array;
    const unit = timeUnit(array, this.#source.image.axes[0]?.unit ?? "");
    const values = asElements("float64", new Cast(array.dataType as DataType, "float64").apply(data));
    this.#times.push(values.map((value) => toSeconds(value * valueScale + valueOffset, unit) ?? Number.NaN));
  }

  /** Takes a batch of any table; keeps it when it is the table of these frames. */
  addBatch(batch: TableBatch): void {
    const { table } = this.#source;
    if (batch.tableId !== table?.tableId) return;
    for (const [index, column] of table.columns.entries()) {
      const buffer = batch.columns[index];
      const values = this.#columns[index] as unknown[];
      if (buffer) for (const value of columnValues(column, buffer, batch.rows)) values.push(value);
    }
  }

  /** Seconds of each frame; NaN where no time is known. */
  seconds(frames: number): Float64Array {
    const [axis] = this.#source.image.axes;
    const times = this.#source.times && joined(this.#times);
    return Float64Array.from({ length: frames }, (_, index) => {
      if (times) return times[index] ?? Number.NaN;
      if (axis?.scale === undefined || axis.coordinatesArray !== "") return Number.NaN;
      return toSeconds(axis.origin + axis.scale * index, axis.unit) ?? Number.NaN;
    });
  }

  /** The list that playNano calls frame_metadata. */
  records(frames: number): FrameRecord[] {
    const seconds = this.seconds(frames);
    const columns = this.#columnsByKey().filter(({ isFrameKey }) => isFrameKey);
    return Array.from(seconds, (time, index) => ({
      timestamp: Number.isFinite(time) ? time : null,
      ...this.#constants,
      ...Object.fromEntries(
        columns
          .filter(({ key, values }) => key !== "timestamp" && values[index] !== undefined)
          .map(({ key, values }) => [key, values[index]]),
      ),
    }));
  }

  /** Columns of the frames table that are no keys of playNano's, with a value for each frame. */
  otherColumns(frames: number): Record<string, unknown[]> {
    const others = this.#columnsByKey().filter(({ isFrameKey }) => !isFrameKey);
    return Object.fromEntries(others.map(({ name, values }) => [name, values.slice(0, frames)]));
  }

  #columnsByKey() {
    const { table } = this.#source;
    const areFrameKeys = table?.attributes?.[frameKeysAttribute] === true;
    return (table?.columns ?? []).map(({ name, unit }, index) => {
      const key = aliases[`${name} ${unit}`] ?? name;
      const isFrameKey = areFrameKeys || (knownFrameKeys as readonly string[]).includes(key);
      return { name, key, isFrameKey, values: this.#columns[index] as unknown[] };
    });
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
