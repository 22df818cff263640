import { type AssemblyItem, type DatasetHeader, type Findings, warning } from "@sluice/core";
import type { GroupWriter } from "@sluice/hdf5";
import type { ArraySpec, Problem, RaggedChunk } from "@sluice/proto";
import { RecordingWindow, rowsPerBlock, spikeRuns, spikeSeconds, TimeFidelity } from "@sluice/spikes";
import { describeTable } from "../generic/describe-array.ts";
import { groups } from "../generic/layout.ts";
import { TableWriter } from "../generic/table-writer.ts";
import { describeRecording } from "./describe.ts";
import type { SpikePlan } from "./plan.ts";
import { RawWriter } from "./raw-writer.ts";
import type { StyleWriter } from "./style-writer.ts";
import { styleWriter } from "./styles.ts";

/** Times of samples that come at once. */
const timesPerBlock = 2 ** 17;

/** The spikes, raw traces and tables of a file at work. */
export class Contents {
  readonly #root: GroupWriter;
  readonly #header: DatasetHeader;
  readonly #plan: SpikePlan;
  readonly #spikes: StyleWriter;
  readonly #raw: RawWriter | undefined;
  readonly #clock: ArraySpec | undefined;
  readonly #tables: ReadonlyMap<number, TableWriter>;
  readonly #window: RecordingWindow;
  readonly #fidelity: TimeFidelity;
  #units = 0;
  /** Up to the last one that has a spike. */
  #unitsWithSpikes = 0;

  constructor(root: GroupWriter, header: DatasetHeader, plan: SpikePlan) {
    const field = `arrays.${plan.times.name}`;
    this.#root = root;
    this.#header = header;
    this.#plan = plan;
    this.#window = new RecordingWindow(plan.trains, field);
    this.#fidelity = new TimeFidelity(field, plan.scale);
    this.#spikes = styleWriter(root, plan);
    this.#raw = plan.raw && new RawWriter(root, plan.raw, plan);
    this.#clock = plan.raw && "array" in plan.raw.clock ? plan.raw.clock.array : undefined;
    this.#tables = tableWriters(root, plan);
    describeRecording(root, header, plan, this.#window);
  }

  /** The cells in which an array is to come. */
  gridOf(array: ArraySpec): readonly number[] | undefined {
    const { raw } = this.#plan;
    if (raw && array === raw.array) return [rowsPerBlock(array), raw.channels];
    return array === this.#clock ? [timesPerBlock] : undefined;
  }

  async take(item: AssemblyItem): Promise<void> {
    if (item.kind === "ragged" && item.array === this.#plan.times) {
      await this.#takeSpikes(item.chunk);
    } else if (item.kind === "block") {
      if (item.block.array === this.#clock) await this.#raw?.addTimes(item.block);
      else await this.#raw?.add(item.block);
    } else if (item.kind === "batch") {
      await this.#tables.get(item.table.tableId)?.write(item.batch);
    }
  }

  /** Completes the file. */
  async end(): Promise<void> {
    await this.#spikes.end();
    await this.#raw?.end();
    for (const table of this.#tables.values()) await table.end();
    describeRecording(this.#root, this.#header, this.#plan, this.#window, this.#units);
  }

  /** Names of the arrays that a reader finds as they were, bit by bit. */
  get exactArrays(): ReadonlySet<string> {
    const { style, times, raw } = this.#plan;
    const exact = style !== "raster" && times.dataType === "float64" && this.#fidelity.exact;
    return new Set([...(exact ? [times.name] : []), ...(raw ? [raw.array.name] : [])]);
  }

  /** What became of the times, once all have come. */
  get findings(): Required<Pick<Findings, "losses" | "warnings">> {
    const silent = this.#plan.style === "paired" ? this.#units - this.#unitsWithSpikes : 0;
    const warnings = [...this.#fidelity.warnings(), ...(silent > 0 ? [unitsNotSeen(silent)] : [])];
    return { losses: this.#fidelity.losses(), warnings };
  }

  async #takeSpikes(chunk: RaggedChunk): Promise<void> {
    const all = spikeSeconds(this.#plan.times, chunk);
    const runs = [...spikeRuns(this.#plan.times, chunk, all)];
    for (const { unit, begins, seconds } of runs) {
      if (begins) this.#fidelity.beginUnit();
      this.#window.take(seconds, unit);
      this.#fidelity.take(seconds);
      this.#units = unit + 1;
      if (seconds.length > 0) this.#unitsWithSpikes = this.#units;
    }
    await this.#spikes.add(runs, all);
  }
}

function tableWriters(root: GroupWriter, { tables, storage }: SpikePlan): ReadonlyMap<number, TableWriter> {
  return new Map(
    Array.from(tables, ([path, table]) => {
      const group = root.createGroup(path);
      describeTable(group.attributes, table, path, []);
      const masks = () => root.requireGroup(`${groups.nulls}/${path}`);
      return [table.tableId, new TableWriter(group, masks, table, storage.filters, storage.holds)];
    }),
  );
}

/** Its loader counts units up to the greatest index of a spike, whatever else the file says. */
function unitsNotSeen(count: number): Problem {
  return warning({
    reason: "SPIKELAB_UNITS_NOT_SEEN",
    message: "SpikeLab's own loader does not see units without a spike at the end of a paired file.",
    field: "options.style",
    got: `${count} such units; unit_count in the file has them`,
    remedy:
      "Choose ragged or group, or give the number of units to SpikeData: SpikeData(data.train, N=unit_count, ...).",
  });
}
