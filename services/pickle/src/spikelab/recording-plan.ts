import { type DatasetHeader, dropped, isError, loss, problem } from "@sluice/core";
import { type ArraySpec, type Loss, LossKind, type Problem } from "@sluice/proto";
import { leftOut, type RawClock, rawClockOf, type Spikes, spikesOf } from "@sluice/spikes";
import type { PickleOptions } from "../options.ts";
import { tooLarge } from "../pickle-file.ts";
import { bytesOf } from "../plain/plan.ts";
import { maximumBytes } from "../python/opcodes.ts";
import { type AttributesPlan, attributesOf } from "./unit-attributes.ts";

/** Raw traces [sample, channel], and where the times of their samples come from. */
export interface RawPlan {
  readonly array: ArraySpec;
  readonly channels: number;
  readonly clock: RawClock;
}

/** What is to be written. */
export interface RecordingPlan {
  readonly spikes: Spikes;
  readonly raw: RawPlan | undefined;
  readonly attributes: AttributesPlan;
}

/** A plan, or why there is none; warnings and losses of it. */
export interface PlannedRecording {
  readonly plan: RecordingPlan | undefined;
  readonly problems: readonly Problem[];
  readonly losses: readonly Loss[];
}

/** Settles what a `SpikeData` will hold. Pure. */
export function planRecording(header: DatasetHeader, options: PickleOptions): PlannedRecording {
  const { spikes, problems } = spikesOf(header);
  if (!spikes) return { plan: undefined, problems, losses: [] };
  const raw = (options.rawTraces ?? true) ? planRaw(header, spikes, options, problems) : undefined;
  if (problems.some(isError)) return { plan: undefined, problems, losses: [] };
  const plan = { spikes, raw, attributes: attributesOf(header, spikes) };
  return { plan, problems, losses: lossesOf(header, plan) };
}

function planRaw(
  header: DatasetHeader,
  { trains, raw }: Spikes,
  { protocol }: PickleOptions,
  problems: Problem[],
): RawPlan | undefined {
  if (!raw || raw.axes.some(({ size }) => size === 0)) return undefined;
  const clock = rawClockOf(header, trains, raw);
  const field = `arrays.${raw.name}`;
  if (raw.axes.length !== 2 || !/^(u?int|float)/.test(raw.dataType)) {
    problems.push(
      problem({
        reason: "RAW_TYPE_UNFIT",
        message: "Raw traces are integers or floats, [sample, channel].",
        field,
        got: `${raw.dataType}, ${raw.axes.length} axes`,
        allowed: ["integers or floats, two axes"],
        remedy: "Set rawTraces to false, or choose the profile generic.",
      }),
    );
  }
  if (!clock) {
    problems.push(
      problem({
        reason: "RAW_TIMES_MISSING",
        message: "SpikeLab has raw traces with the times of their samples, and the dataset does not say them.",
        field: `${field}.axes[0]`,
        allowed: ["a scale in seconds or an array of coordinates in seconds, or a sampling rate of the recording"],
        remedy: "Give one of them, or set rawTraces to false.",
      }),
    );
  }
  const bytes = bytesOf(raw) ?? 0;
  if (bytes > maximumBytes(protocol)) problems.push(problem(tooLarge(bytes, protocol, field)));
  return clock && { array: raw, channels: raw.axes[1]?.size ?? 0, clock };
}

function lossesOf(header: DatasetHeader, { spikes, raw, attributes }: RecordingPlan): Loss[] {
  const { trains, times, units } = spikes;
  const clock = raw && "array" in raw.clock ? [raw.clock.array.name] : [];
  const keeps = {
    arrays: new Set([
      times.name,
      ...(raw ? [raw.array.name] : []),
      ...clock,
      ...attributes.measures.map(({ name }) => name),
      ...attributes.rows.map(({ array }) => array.name),
    ]),
    tables: new Set(units ? [units.name] : []),
  };
  const losses = leftOut(header, keeps, (kind, name) => {
    if (name === trains.rawArray) return "The option rawTraces is false, or the traces hold nothing.";
    return kind === "arrays"
      ? "A SpikeData holds spikes, raw traces and what there is of each unit; the option array names another object's."
      : "SpikeLab's objects hold the table of units alone, as attributes of the neurons.";
  });
  if (units && units.columns.some(({ nullable }) => nullable)) {
    losses.push(dropped(`tables.${units.name}`, "Attributes without a value are left out of their neuron."));
  }
  if (raw) {
    const message = "Read as [channel, sample], in Fortran's order.";
    const field = `arrays.${raw.array.name}`;
    losses.push(loss(LossKind.LOSS_KIND_TRANSPOSED, field, message));
  }
  return losses;
}
