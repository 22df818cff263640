import { join } from "node:path";
import { asElements, type DataType } from "@sluice/core";
import { NpyFile } from "@sluice/npy";
import { readSmall, type SmallArray } from "./small-arrays.ts";

/** templates.npy written by MATLAB stands column by column: it is read whole, up to this. */
const mostBytesAtOnce = 2 ** 28;

/** The templates of a folder, one at a time. */
export class Templates {
  readonly count: number;
  readonly samples: number;
  readonly channels: number;
  readonly #file: NpyFile;
  readonly #columns: SmallArray | undefined;
  #whole: ArrayLike<number | bigint> | undefined;

  private constructor(file: NpyFile, channels: number, columns: SmallArray | undefined) {
    [this.count, this.samples] = file.header.shape as [number, number];
    this.channels = channels;
    this.#file = file;
    this.#columns = columns;
  }

  /**
   * Opens templates.npy, and template_ind.npy where they are sparse.
   *
   * @param channels of the probe, when they are known
   * @returns what keeps the templates from being read, as a sentence; undefined when there are none
   */
  static async open(
    folder: string,
    files: readonly string[],
    channels: number | undefined,
  ): Promise<Templates | string | undefined> {
    if (!files.includes("templates.npy")) return undefined;
    const file = await NpyFile.open(join(folder, "templates.npy"));
    const { shape, type, fortranOrder, dataBytes } = file.header;
    const columns = await readSmall(folder, files, "template_ind.npy");
    const unfit =
      shape.length !== 3 || shape.includes(0) || type.kind !== "number" || !/^(u?int|float(32|64))/.test(type.dataType)
        ? `templates.npy is no array of numbers [template, sample, channel], and is left out`
        : fortranOrder && dataBytes > mostBytesAtOnce
          ? "templates.npy stands column by column and is too large to be turned around; it is left out"
          : columns && (columns.shape[0] !== shape[0] || columns.shape[1] !== shape[2])
            ? "template_ind.npy does not fit templates.npy; both are left out"
            : undefined;
    if (unfit === undefined) {
      const own = shape[2] as number;
      const greatest = columns ? columns.values.reduce((most, channel) => Math.max(most, channel), 0) + 1 : own;
      return new Templates(file, columns ? Math.max(channels ?? 0, greatest) : own, columns);
    }
    await file.close();
    return unfit;
  }

  /** Type of the elements as they are given. */
  get dataType(): "float32" | "float64" {
    const { type } = this.#file.header;
    return type.kind === "number" && type.dataType === "float32" ? "float32" : "float64";
  }

  /** A template [sample, channel] with all channels. */
  async read(index: number): Promise<Float32Array | Float64Array> {
    const List = this.dataType === "float32" ? Float32Array : Float64Array;
    const stored = (this.#file.header.shape[2] as number) * this.samples;
    const values = await this.#stored(index, stored);
    if (!this.#columns) return floats(List, values);
    const dense = new List(this.samples * this.channels);
    const own = this.#file.header.shape[2] as number;
    for (let column = 0; column < own; column++) {
      const channel = this.#columns.values[index * own + column] as number;
      if (channel < 0) continue;
      for (let sample = 0; sample < this.samples; sample++) {
        dense[sample * this.channels + channel] = Number(values[sample * own + column]);
      }
    }
    return dense;
  }

  /** The channel on which a template is greatest by magnitude; of equal ones the first. */
  async peakChannel(index: number): Promise<number> {
    const values = await this.read(index);
    let [peak, most] = [0, 0];
    for (let channel = 0; channel < this.channels; channel++) {
      for (let at = channel; at < values.length; at += this.channels) {
        const magnitude = Math.abs(values[at] as number);
        if (magnitude > most) [peak, most] = [channel, magnitude];
      }
    }
    return most > 0 ? peak : -1;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #stored(index: number, length: number): Promise<ArrayLike<number | bigint>> {
    if (!this.#file.header.fortranOrder) return this.#elements(index * length, length);
    this.#whole ??= await this.#elements(0, this.#file.length);
    const own = this.#file.header.shape[2] as number;
    const values = new Float64Array(length);
    for (let sample = 0; sample < this.samples; sample++) {
      for (let column = 0; column < own; column++) {
        values[sample * own + column] = Number(this.#whole[index + this.count * (sample + this.samples * column)]);
      }
    }
    return values;
  }

  async #elements(start: number, count: number): Promise<ArrayLike<number | bigint>> {
    const { type } = this.#file.header;
    const dataType: DataType = type.kind === "number" ? type.dataType : "float64";
    return asElements(dataType, await this.#file.read(start, count));
  }
}

type FloatList = Float32ArrayConstructor | Float64ArrayConstructor;

function floats(List: FloatList, values: ArrayLike<number | bigint>): Float32Array | Float64Array {
  const list = new List(values.length);
  for (let index = 0; index < values.length; index++) list[index] = Number(values[index]);
  return list;
}
