import { asBytes, asElements, type Block, type DataType } from "@sluice/core";
import type { DatasetWriter, Filters, GroupWriter } from "@sluice/hdf5";
import { type Loss, LossKind } from "@sluice/proto";
import { chunkBytes } from "../../storage.ts";
import type { WaveformPlan } from "./units-plan.ts";

/** Waveforms of units, in volts. Memory: those of some units, 1 MiB. */
export class Waveforms {
  readonly plan: WaveformPlan;
  readonly #group: GroupWriter;
  readonly #filters: Filters;
  readonly #type: "float32" | "float64";
  #dataset: DatasetWriter | undefined;

  constructor(group: GroupWriter, plan: WaveformPlan, filters: Filters) {
    this.plan = plan;
    this.#group = group;
    this.#filters = filters;
    this.#type = plan.array.dataType === "float32" && this.isExact ? "float32" : "float64";
  }

  /** True when the values stand in the file as they came. */
  get isExact(): boolean {
    const { array, conversion, offset } = this.plan;
    return conversion === 1 && offset === 0 && array.dataType.startsWith("float");
  }

  get grid(): readonly number[] {
    const rest = this.plan.array.axes.slice(1).map(({ size }) => size ?? 1);
    const unitBytes = 8 * rest.reduce((product, size) => product * size, 1);
    return [Math.max(1, Math.floor(chunkBytes / Math.max(1, unitBytes))), ...rest];
  }

  async take({ data }: Block): Promise<void> {
    const [rows = 1, ...rest] = this.grid;
    const most = this.plan.array.axes[0]?.size ?? rows;
    this.#dataset ??= this.#group.createDataset(this.plan.column, {
      type: this.#type,
      shape: [0, ...rest],
      maxShape: [null, ...rest],
      chunks: [Math.max(1, Math.min(rows, most)), ...rest],
      ...this.#filters,
    });
    if (this.isExact) return this.#dataset.append(data);
    const { conversion, offset, array } = this.plan;
    const stored = asElements(array.dataType as DataType, data) as Float64Array;
    await this.#dataset.append(asBytes(Float64Array.from(stored, (value) => value * conversion + offset)));
  }

  /** The dataset, if there is a unit. */
  get dataset(): DatasetWriter | undefined {
    return this.#dataset;
  }

  get type(): "float32" | "float64" {
    return this.#type;
  }

  losses(): Loss[] {
    if (this.isExact) return [];
    const { array, conversion, column } = this.plan;
    const message = `NWB keeps ${column} in volts: float64, times ${conversion}.`;
    return [
      {
        kind: LossKind.LOSS_KIND_SCALED,
        field: `arrays.${array.name}`,
        message,
        count: undefined,
        maxError: undefined,
      },
    ];
  }
}
