import {
  type ArtifactSink,
  type ArtifactWriter,
  type AssemblyItem,
  asBytes,
  asDoubles,
  type Block,
  type DataType,
  type ExportContext,
  type Findings,
  itemSize,
  RaggedDigests,
  SluiceError,
} from "@sluice/core";
import { type ArrayDigest, type ArraySpec, Origin, type RaggedChunk } from "@sluice/proto";
import type { Spool } from "@sluice/sink";
import {
  MeasureColumns,
  rowsPerBlock,
  type SpikeInspection,
  spikeSeconds,
  TableValues,
  type TimeFidelity,
} from "@sluice/spikes";
import { secondsOf } from "./file-times.ts";
import { Intake } from "./intake.ts";
import { keptDigests } from "./kept-digests.ts";
import { canonicalNames } from "./names.ts";
import type { KilosortOptions } from "./options.ts";
import { type FolderPlan, templatesMismatch } from "./plan.ts";
import { folderWarnings } from "./warnings.ts";
import { type Channels, channelsOf } from "./write/channels.ts";
import { clusterIdsOf } from "./write/cluster-ids.ts";
import { describePhy } from "./write/phy-files.ts";
import { type Create, SpikeFiles } from "./write/spike-files.ts";
import { describeSpikelab } from "./write/spikelab-files.ts";
import { TemplatesFile } from "./write/templates-file.ts";
import { channelsOfUnits, statedChannels } from "./write/unit-channels.ts";

/** The files of a folder at work. */
export class Folder {
  readonly #plan: FolderPlan;
  readonly #options: KilosortOptions;
  readonly #create: Create;
  readonly #context: ExportContext;
  readonly #intake: Intake;
  readonly #measures: MeasureColumns;
  readonly #fidelity: TimeFidelity;
  readonly #digests = new RaggedDigests(itemSize.float64);
  readonly #units: TableValues | undefined;
  readonly #electrodes: TableValues | undefined;
  readonly #spikes: SpikeFiles;
  readonly #raw: ArtifactWriter | undefined;
  readonly #templates: TemplatesFile | undefined;
  #unitCount = 0;
  #ids = new Float64Array(0);

  private constructor(
    plan: FolderPlan,
    options: KilosortOptions,
    { fidelity }: SpikeInspection,
    context: ExportContext,
    spool: Spool,
    create: Create,
    files: { spikes: SpikeFiles; raw: ArtifactWriter | undefined; templates: TemplatesFile | undefined },
  ) {
    const { units, electrodes } = plan.spikes;
    this.#plan = plan;
    this.#options = options;
    this.#context = context;
    this.#create = create;
    this.#intake = new Intake(spool, plan.amplitudes?.name);
    this.#fidelity = fidelity;
    this.#measures = new MeasureColumns(plan.measures);
    this.#units = units && new TableValues(units);
    this.#electrodes = electrodes && new TableValues(electrodes);
    this.#spikes = files.spikes;
    this.#raw = files.raw;
    this.#templates = files.templates;
  }

  /** Opens what is filled while the data come. @param inspection of all spikes: each was seen before it comes */
  static async begin(
    plan: FolderPlan,
    options: KilosortOptions,
    inspection: SpikeInspection,
    sink: ArtifactSink,
    context: ExportContext,
    spool: Spool,
  ): Promise<Folder> {
    const create: Create = (file) => sink.create(`${context.name}/${file}`, mediaTypeOf(file));
    const spikes = await SpikeFiles.begin(plan, create);
    const raw = plan.raw && (await create("recording.dat"));
    const templates = plan.templates && (await TemplatesFile.begin(await create("templates.npy"), plan.templates));
    return new Folder(plan, options, inspection, context, spool, create, { spikes, raw, templates });
  }

  /** The cells in which an array is to come. */
  gridOf(array: ArraySpec): readonly number[] | undefined {
    const { raw, templates } = this.#plan;
    if (array !== raw && array !== templates) return this.#measures.gridOf(array);
    return [rowsPerBlock(array), ...array.axes.slice(1).map(({ size }) => size ?? 1)];
  }

  async take(item: AssemblyItem): Promise<void> {
    const { times, units, electrodes } = this.#plan.spikes;
    if (item.kind === "ragged" && item.array === times) await this.#takeTimes(item.chunk);
    else if (item.kind === "ragged" && item.array === this.#plan.amplitudes)
      await this.#takeAmplitudes(item.array, item.chunk);
    else if (item.kind === "block") await this.#takeBlock(item.block);
    else if (item.kind === "batch" && item.table === units) this.#units?.take(item.batch);
    else if (item.kind === "batch" && item.table === electrodes) this.#electrodes?.take(item.batch);
  }

  /** Completes the folder. */
  async end(): Promise<Required<Pick<Findings, "warnings" | "losses" | "origins">>> {
    const clusters = clusterIdsOf(this.#unitCount, this.#units, this.#options);
    this.#ids = Float64Array.from(clusters.ids);
    for await (const block of this.#intake.sorted()) {
      this.#context.signal.throwIfAborted();
      await this.#spikes.append(block, this.#ids);
    }
    await this.#spikes.end();
    await this.#raw?.close();
    await this.#endTemplates();
    const channels = this.#channels();
    const described = {
      ids: clusters.ids,
      counts: this.#counts(),
      table: this.#measures.addedTo(this.#units, this.#unitCount),
      channels,
      unitChannels: channelsOfUnits(this.#units, this.#electrodes, channels),
    };
    const placeholders = await (this.#plan.isPhy ? describePhy : describeSpikelab)(this.#plan, described, this.#create);
    return {
      warnings: [
        ...clusters.warnings,
        ...this.#fidelity.warnings(),
        ...folderWarnings(this.#plan, {
          spikes: this.#spikes.count,
          first: this.#spikes.first,
          counts: described.counts,
          channels,
          placeholders,
        }),
      ],
      losses: this.#fidelity.losses(),
      origins: placeholders.map(([file, detail]) => ({ field: file, origin: Origin.ORIGIN_DEFAULTED, detail })),
    };
  }

  /** Digests of what our loader finds in the folder. Call it after `end`, once. @param assembled of the arrays as they came */
  digests(assembled: readonly ArrayDigest[]): ArrayDigest[] {
    if (!this.#plan.isPhy) return [];
    const times = this.#digests.finish(canonicalNames.times, "float64", this.#unitCount);
    const units = { ids: this.#ids, counts: this.#counts(), table: this.#units, ascends: this.#fidelity.ascends };
    return keptDigests(this.#plan, units, times, assembled);
  }

  async #takeTimes(chunk: RaggedChunk): Promise<void> {
    const { scale, originSeconds, spikes, isPhy } = this.#plan;
    this.#unitCount = chunk.firstRow + chunk.rowLengths.length;
    const values = this.#fidelity.convert(spikeSeconds(spikes.times, chunk));
    if (isPhy) this.#digests.update({ ...chunk, data: asBytes(secondsOf(values, scale, originSeconds)) });
    await this.#intake.takeTimes(chunk, values);
  }

  async #takeAmplitudes({ dataType }: ArraySpec, chunk: RaggedChunk): Promise<void> {
    await this.#intake.takeAmplitudes(chunk, asDoubles(dataType as DataType, chunk.data));
  }

  async #takeBlock(block: Block): Promise<void> {
    if (block.array === this.#plan.raw) await this.#raw?.write(block.data);
    else if (block.array === this.#plan.templates) await this.#templates?.add(block);
    else this.#measures.take(block);
  }

  async #endTemplates(): Promise<void> {
    if (!this.#templates) return;
    const { count } = this.#templates;
    if (count !== this.#unitCount) {
      throw new SluiceError(templatesMismatch(this.#plan.templates?.name ?? "", count, this.#unitCount));
    }
    await this.#templates.end();
  }

  #counts(): number[] {
    return Array.from({ length: this.#unitCount }, (_, unit) => this.#intake.counts[unit] ?? 0);
  }

  #channels(): Channels {
    return channelsOf({
      electrodes: this.#electrodes,
      rawChannels: this.#plan.raw?.axes[1]?.size,
      templateChannels: this.#plan.templates?.axes[2]?.size,
      unitChannels: statedChannels(this.#units).numbers,
    });
  }
}

function mediaTypeOf(file: string): string {
  if (file.endsWith(".tsv")) return "text/tab-separated-values";
  return file.endsWith(".py") ? "text/x-python" : "application/octet-stream";
}
