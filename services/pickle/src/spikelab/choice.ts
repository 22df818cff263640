import { type DatasetHeader, problem } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import type { PickleOptions } from "../options.ts";
import { type Measure, measureOf, measuresOf, wanted } from "./measure.ts";

/** What of a dataset is written: its recording, or a measure; or what stands against every choice. */
export type Choice = { readonly measure: Measure | "recording" } | { readonly problem: Problem };

/**
 * Chooses the object: the one that the options name; else the recording, or the one measure of a dataset without spikes.
 *
 * Problems: ARRAY_MISSING, OBJECT_UNFIT, OBJECT_AMBIGUOUS.
 */
export function choose(header: DatasetHeader, { object, array }: PickleOptions): Choice {
  if (array !== undefined && object !== "SpikeData") return named(header, array, object);
  const hasSpikes = header.dataset.spikeTrains.length > 0;
  const kind = object ?? (hasSpikes ? "SpikeData" : undefined);
  if (kind === "SpikeData") return { measure: "recording" };
  const fitting = measuresOf(header).filter((measure) => kind === undefined || measure.object === kind);
  const [first, ...others] = fitting;
  // Without spikes and without a measure, what is missing first are the spikes.
  if (!first) return kind === undefined ? { measure: "recording" } : { problem: unfit(header, kind, kind) };
  return others.length === 0 ? { measure: first } : { problem: ambiguous(fitting) };
}

function named(header: DatasetHeader, name: string, object: PickleOptions["object"]): Choice {
  const array = header.arrays.find((candidate) => candidate.name === name);
  const allowed = measuresOf(header).map((measure) => measure.array.name);
  if (!array) {
    const parts = {
      reason: "ARRAY_MISSING",
      message: "The dataset has no array of this name.",
      field: "options.array",
    };
    return { problem: problem({ ...parts, got: JSON.stringify(name), allowed, remedy: "Correct the option." }) };
  }
  const measure = measureOf(array);
  if (measure && (object === undefined || object === measure.object)) return { measure };
  const axes = array.axes.map((axis) => axis.name).join(", ");
  return { problem: unfit(header, object, `${name} [${axes}], ${array.dataType}, unit ${JSON.stringify(array.unit)}`) };
}

function unfit(header: DatasetHeader, object: PickleOptions["object"], got: string): Problem {
  const needed = object === undefined || object === "SpikeData" ? Object.values(wanted) : [wanted[object]];
  const found = measuresOf(header).map((measure) => `${measure.array.name} (${measure.object})`);
  return problem({
    reason: "OBJECT_UNFIT",
    message: "The dataset holds nothing that SpikeLab has as this object.",
    field: object === undefined ? "options.array" : "options.object",
    got,
    allowed: [...needed, ...found],
    remedy: "Add a step that computes it, choose another array, or choose the profile generic.",
  });
}

function ambiguous(fitting: readonly Measure[]): Problem {
  return problem({
    reason: "OBJECT_AMBIGUOUS",
    message: "A file holds one object of SpikeLab, and several arrays of the dataset are such.",
    field: "options.array",
    got: `${fitting.length} arrays`,
    allowed: fitting.map(({ array }) => array.name),
    remedy: "Set the option array to one of them.",
  });
}
