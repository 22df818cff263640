import { readSmall } from "./small-arrays.ts";

/**
 * Turns templates [sample, channel] from the whitened space, in which KiloSort sorts and stores them, back to that of the
 * traces, as Phy does: the product of each sample with whitening_mat_inv.npy.
 */
export class Unwhitening {
  readonly #inverse: Float64Array;
  readonly #channels: number;

  private constructor(inverse: Float64Array, channels: number) {
    this.#inverse = inverse;
    this.#channels = channels;
  }

  /**
   * Reads whitening_mat_inv.npy. @param channels of the templates
   * @returns undefined when there is none or it is the identity; why it cannot be used, as a sentence
   */
  static async open(
    folder: string,
    files: readonly string[],
    channels: number,
  ): Promise<Unwhitening | string | undefined> {
    const name = "whitening_mat_inv.npy";
    const matrix = await readSmall(folder, files, name);
    if (!matrix) return files.includes(name) ? unfit : undefined;
    const { shape, values } = matrix;
    if (shape.length !== 2 || shape.some((size) => size !== channels) || !values.every(Number.isFinite)) return unfit;
    const isIdentity = values.every((value, at) => value === (at % (channels + 1) === 0 ? 1 : 0));
    return isIdentity ? undefined : new Unwhitening(values, channels);
  }

  /** The template in the space of the traces. */
  apply(template: Float32Array | Float64Array): Float64Array {
    const [inverse, size] = [this.#inverse, this.#channels];
    const result = new Float64Array(template.length);
    for (let sample = 0; sample < template.length; sample += size) {
      for (let channel = 0; channel < size; channel++) {
        const value = template[sample + channel] as number;
        // Templates are zero on most channels of a large probe.
        if (value === 0) continue;
        const row = channel * size;
        for (let to = 0; to < size; to++) {
          result[sample + to] = (result[sample + to] as number) + value * (inverse[row + to] as number);
        }
      }
    }
    return result;
  }
}

const unfit =
  "whitening_mat_inv.npy is no matrix of numbers for these channels: templates stand whitened, as they are stored";
