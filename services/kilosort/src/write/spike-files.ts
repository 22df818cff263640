import { type ArtifactWriter, asBytes, asElements } from "@sluice/core";
import { descrOf, NpyWriter } from "@sluice/npy";
import { int64Bytes } from "@sluice/spikes";
import type { SpikeBlock } from "../order/spike-block.ts";
import type { FolderPlan } from "../plan.ts";

/** Opens the artifact of a file of the folder. */
export type Create = (file: string) => Promise<ArtifactWriter>;

/** The files with one entry for each spike, in order of time. */
export class SpikeFiles {
  /** Spikes so far. */
  count = 0;
  /** The first spike's time as it stands in the file. */
  first = 0;
  readonly #plan: FolderPlan;
  readonly #times: NpyWriter;
  readonly #clusters: NpyWriter;
  readonly #templates: NpyWriter | undefined;
  readonly #amplitudes: NpyWriter | undefined;

  private constructor(
    plan: FolderPlan,
    files: readonly [NpyWriter, NpyWriter, NpyWriter | undefined, NpyWriter | undefined],
  ) {
    this.#plan = plan;
    [this.#times, this.#clusters, this.#templates, this.#amplitudes] = files;
  }

  /** Opens spike_times.npy first: where it lies is where the folder is. */
  static async begin(plan: FolderPlan, create: Create): Promise<SpikeFiles> {
    const { scale, isPhy, amplitudes } = plan;
    const open = async (file: string, type: "int32" | "int64" | "float64") =>
      NpyWriter.begin(await create(file), descrOf[type]);
    return new SpikeFiles(plan, [
      await open("spike_times.npy", scale.unit === "samples" ? "int64" : "float64"),
      await open("spike_clusters.npy", isPhy ? "int32" : "int64"),
      isPhy ? await open("spike_templates.npy", "int32") : undefined,
      amplitudes ? await open("amplitudes.npy", "float64") : undefined,
    ]);
  }

  /** Appends spikes. @param ids cluster id of each unit */
  async append({ values, units, amplitudes }: SpikeBlock, ids: Float64Array): Promise<void> {
    if (this.count === 0) this.first = values[0] ?? 0;
    this.count += values.length;
    const { scale, isPhy } = this.#plan;
    await this.#times.append(scale.unit === "samples" ? int64Bytes(values) : asBytes(values));
    await this.#clusters.append(isPhy ? int32Ids(units, ids) : int64Ids(units, ids));
    await this.#templates?.append(asBytes(units));
    if (amplitudes) await this.#amplitudes?.append(asBytes(amplitudes));
  }

  async end(): Promise<void> {
    for (const file of [this.#times, this.#clusters, this.#templates, this.#amplitudes]) await file?.end(this.count);
  }
}

/** The id of each spike's unit, as int32. */
function int32Ids(units: Uint32Array, ids: Float64Array): Uint8Array {
  const clusters = new Int32Array(units.length);
  for (let index = 0; index < units.length; index++) clusters[index] = ids[units[index] as number] as number;
  return asBytes(clusters);
}

/** The id of each spike's unit, as int64: two words. */
function int64Ids(units: Uint32Array, ids: Float64Array): Uint8Array {
  const words = asElements("uint32", int64Bytes(ids));
  const clusters = new Uint32Array(2 * units.length);
  for (let index = 0; index < units.length; index++) {
    const unit = units[index] as number;
    clusters[2 * index] = words[2 * unit] as number;
    clusters[2 * index + 1] = words[2 * unit + 1] as number;
  }
  return asBytes(clusters);
}
