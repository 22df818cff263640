import { join } from "node:path";
import { asElements, type DataType } from "@sluice/core";
import { NpyFile } from "@sluice/npy";
import { readSmall, type SmallArray } from "./small-arrays.ts";
import { Unwhitening } from "./whitening.ts";

/** templates.npy written by MATLAB stands column by column: it is read whole, up to this. */
const mostBytesAtOnce = 2 ** 28;

/** The templates of a folder, one at a time. */
export class Templates {
  readonly count: number;
  readonly samples: number;
  readonly channels: number;
  /** What was concluded, for people. */
  readonly notes: readonly string[];
  readonly #unwhitening: Unwhitening | undefined;
  readonly #file: NpyFile;
  readonly #columns: SmallArray | undefined;
  #whole: ArrayLike<number | bigint> | undefined;

  private constructor(
    file: NpyFile,
    channels: number,
    columns: SmallArray | undefined,
    unwhitening: Unwhitening | string | undefined,
  ) {
    [this.count, this.samples] = file.header.shape as [number, number];
    this.channels = channels;
    this.#unwhitening = typeof unwhitening === "string" ? undefined : unwhitening;
    if (typeof unwhitening === "string") this.notes = [unwhitening];
    else this.notes = unwhitening ? ["templates are unwhitened by whitening_mat_inv.npy, as Phy shows them"] : [];
    this.#file = file;
    this.#columns = columns;
  }

  /**
   * Opens templates.npy, and template_ind.npy where they are sparse.
   *
   * @param channels of the probe, when they are known
   * @param unwhiten gives them in the space of the traces, where the folder has the matrix for it
   * @returns what keeps the templates from being read, as a sentence; undefined when there are none
   */
  static async open(
    folder: string,
    files: readonly string[],
    channels: number | undefined,
    unwhiten: boolean,
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
      const all = columns ? Math.max(channels ?? 0, greatest) : own;
      return new Templates(file, all, columns, unwhiten ? await Unwhitening.open(folder, files, all) : undefined);
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
    const stored = await this.#dense(index);
    if (!this.#unwhitening) return stored;
    const values = this.#unwhitening.apply(stored);
    return this.dataType === "float32" ? Float32Array.from(values) : values;
  }

  async #dense(index: number): Promise<Float32Array | Float64Array> {
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

  /** The channel on which a template is greatest from peak to peak, as in Phy; of equal ones the first, -1 for zeros. */
  async peakChannel(index: number): Promise<number> {
    const values = await this.read(index);
    let [peak, most] = [0, 0];
    for (let channel = 0; channel < this.channels; channel++) {
      let [least, greatest] = this.samples > 1 ? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] : [0, 0];
      for (let at = channel; at < values.length; at += this.channels) {
        least = Math.min(least, values[at] as number);
        greatest = Math.max(greatest, values[at] as number);
      }
      if (greatest - least > most) [peak, most] = [channel, greatest - least];
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
