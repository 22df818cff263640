import { type ArtifactWriter, asBytes, asElements, type Block, type DataType, float16ToFloat32 } from "@sluice/core";
import { descrOf, NpyWriter } from "@sluice/npy";
import type { ArraySpec } from "@sluice/proto";
import type { Channels } from "./channels.ts";

/** Integers that float32 does not hold become float64: phylib reads no others. */
const wide: readonly string[] = ["int32", "int64", "uint32", "uint64", "float64"];

/** templates.npy [unit, sample, channel] of the dataset's templates. */
export class TemplatesFile {
  /** Templates so far. */
  count = 0;
  readonly #file: NpyWriter;
  readonly #type: "float32" | "float64";
  readonly #elements: number;

  private constructor(file: NpyWriter, type: "float32" | "float64", elements: number) {
    this.#file = file;
    this.#type = type;
    this.#elements = elements;
  }

  static async begin(writer: ArtifactWriter, { dataType, axes }: ArraySpec): Promise<TemplatesFile> {
    const type = wide.includes(dataType) ? "float64" : "float32";
    const rest = axes.slice(1).map(({ size }) => size ?? 0);
    const file = await NpyWriter.begin(writer, descrOf[type], rest);
    return new TemplatesFile(
      file,
      type,
      rest.reduce((product, size) => product * size, 1),
    );
  }

  /** Takes the next templates. */
  async add({ array, shape, data }: Block): Promise<void> {
    this.count += shape[0] as number;
    await this.#file.append(array.dataType === this.#type ? data : asBytes(this.#converted(array, data)));
  }

  /** phylib drops axes of length 1: a template that is alone is followed by one of zeros, which no spike refers to. */
  async end(): Promise<void> {
    const alone = this.count === 1;
    if (alone)
      await this.#file.append(asBytes(new (this.#type === "float32" ? Float32Array : Float64Array)(this.#elements)));
    await this.#file.end(alone ? 2 : this.count);
  }

  #converted({ dataType }: ArraySpec, data: Uint8Array): Float32Array | Float64Array {
    const values = asElements(dataType as DataType, data);
    if (dataType === "float16") return float16ToFloat32(values as Uint16Array);
    const numbers = values as ArrayLike<number | bigint>;
    return this.#type === "float32" ? Float32Array.from(numbers, Number) : Float64Array.from(numbers, Number);
  }
}

const bytesAtOnce = 2 ** 20;

/**
 * templates.npy where the dataset has no templates: zeros, and -1 in the middle of the channel of a unit whose channel is
 * known, so that readers find the unit there.
 *
 * @param samples at least 2: phylib drops axes of length 1
 * @param channelOf index of a unit's channel, -1 if it is not known
 */
export async function writePlaceholderTemplates(
  writer: ArtifactWriter,
  unitCount: number,
  samples: number,
  { count: channels }: Channels,
  channelOf: (unit: number) => number,
): Promise<void> {
  const file = await NpyWriter.begin(writer, descrOf.float32, [samples, channels]);
  const length = unitCount === 1 ? 2 : unitCount;
  const size = samples * channels;
  const atOnce = Math.max(1, Math.floor(bytesAtOnce / (4 * size)));
  for (let first = 0; first < length; first += atOnce) {
    const count = Math.min(atOnce, length - first);
    const values = new Float32Array(count * size);
    for (let row = 0; row < count && first + row < unitCount; row++) {
      const channel = channelOf(first + row);
      if (channel >= 0) values[row * size + (samples >> 1) * channels + channel] = -1;
    }
    await file.append(asBytes(values));
  }
  await file.end(length);
}
