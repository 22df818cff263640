import { type DatasetHeader, dropped, loss, problem } from "@sluice/core";
import { type Loss, LossKind, type Problem } from "@sluice/proto";
import { spikesOf } from "@sluice/spikes";
import type { PickleOptions } from "../options.ts";
import { tooLarge } from "../pickle-file.ts";
import { bytesOf } from "../plain/plan.ts";
import { maximumBytes } from "../python/opcodes.ts";
import type { Measure } from "./measure.ts";
import { type AttributesPlan, attributesOf } from "./unit-attributes.ts";

/** Unit of the rates of a `RateData`. */
export type RateUnit = "Hz" | "kHz";

/** What is to be written of a measure. */
export interface MeasurePlan {
  readonly measure: Measure;
  /** What the dataset says of the units; it becomes the attributes of the neurons of a `RateData`. */
  readonly attributes: AttributesPlan;
  readonly rateUnit: RateUnit;
  /** What the values are multiplied by. */
  readonly factor: number;
}

/** A plan, what stands against it, and what is lost. */
export interface PlannedMeasure {
  readonly plan: MeasurePlan;
  readonly problems: readonly Problem[];
  readonly losses: readonly Loss[];
}

/** Settles what a `RateData` or `PairwiseCompMatrix` will hold. Pure. */
export function planMeasure(header: DatasetHeader, measure: Measure, options: PickleOptions): PlannedMeasure {
  const { array } = measure;
  const { protocol, rateUnit = "Hz" } = options;
  const isRate = measure.object === "RateData";
  const hasSpikes = isRate && header.dataset.spikeTrains.length > 0;
  const spikes = hasSpikes ? spikesOf(header).spikes : undefined;
  const attributes = spikes ? attributesOf(header, spikes) : { table: undefined, measures: [], rows: [] };
  const factor = isRate ? measure.hertz / (rateUnit === "kHz" ? 1e3 : 1) : 1;
  const bytes = bytesOf({ ...array, dataType: "float64" }) ?? 0;
  const problems: Problem[] = [];
  if (bytes > maximumBytes(protocol)) problems.push(problem(tooLarge(bytes, protocol, `arrays.${array.name}`)));
  const plan = { measure, attributes, rateUnit, factor };
  return { plan, problems, losses: lossesOf(header, plan) };
}

function lossesOf(
  header: DatasetHeader,
  { measure: { object, array }, attributes, rateUnit, factor }: MeasurePlan,
): Loss[] {
  const units = attributes.table;
  const kept = new Set([array, ...attributes.measures, ...attributes.rows.map((row) => row.array)]);
  const losses: Loss[] = [
    ...header.arrays
      .filter((other) => !kept.has(other))
      .map(({ name }) => dropped(`arrays.${name}`, `A ${object} holds one array: ${array.name}.`)),
    ...header.tables
      .filter((table) => table !== units)
      .map(({ name }) => dropped(`tables.${name}`, `A ${object} has no place for it.`)),
  ];
  if (units?.columns.some(({ nullable }) => nullable)) {
    losses.push(dropped(`tables.${units.name}`, "Attributes without a value are left out of their neuron."));
  }
  if (array.dataType !== "float64") {
    const message = `${array.dataType} as float64, in which SpikeLab computes.`;
    losses.push(loss(LossKind.LOSS_KIND_CAST, `arrays.${array.name}`, message));
  }
  if (factor !== 1) {
    losses.push(loss(LossKind.LOSS_KIND_SCALED, `arrays.${array.name}`, `Written in ${rateUnit}.`));
  }
  if (object === "RateData") {
    const { metadata = {}, records = {}, provenance } = header.dataset;
    const told = {
      metadata: Object.keys(metadata),
      records: Object.keys(records),
      provenance: provenance?.steps ?? [],
    };
    for (const [field, entries] of Object.entries(told)) {
      const message = "A RateData has rates, times and attributes of its neurons alone.";
      if (entries.length > 0) losses.push(dropped(`dataset.${field}`, message));
    }
    if ((array.axes[0]?.labels.length ?? 0) > 0) {
      losses.push(dropped(`arrays.${array.name}.axes[0].labels`, "A RateData has no names of its neurons."));
    }
  }
  return losses;
}
