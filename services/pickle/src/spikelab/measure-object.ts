import { Assembly, asBytes, asElements, type Block, type DatasetStream, type Findings, runsOf } from "@sluice/core";
import { ArraySpec } from "@sluice/proto";
import { type Lead, PickleFile } from "../pickle-file.ts";
import type { ProfileJob } from "../profile.ts";
import type { PythonValue } from "../python/value.ts";
import { writeValue } from "../python/write-value.ts";
import type { Rate } from "./measure.ts";
import type { MeasurePlan, PlannedMeasure } from "./measure-plan.ts";
import { metadataOf } from "./metadata.ts";
import { beginObject, endObject } from "./objects.ts";
import { pairwiseMetadata } from "./pairwise-metadata.ts";
import { requireEqual } from "./require-equal.ts";
import { UnitAttributes } from "./unit-attributes.ts";

/** Writes one array of a dataset as an object of SpikeLab's class `RateData` or `PairwiseCompMatrix`. */
export async function writeMeasure(stream: DatasetStream, planned: PlannedMeasure, job: ProfileJob): Promise<Findings> {
  const { options, context, writer } = job;
  const { plan, problems, losses } = planned;
  const { array } = plan.measure;
  const file = new PickleFile(writer, context.clock, options.protocol, measureLead(plan));
  const attributes = new UnitAttributes(plan.attributes, job.spool);
  const assembly = new Assembly(stream, (other) => (other === array ? runsOf(other) : attributes.gridOf(other)));
  let rows = 0;
  await file.begin();
  for await (const item of assembly) {
    context.signal.throwIfAborted();
    if (item.kind === "block" && item.block.array === array) await file.writeLead(valuesOf(item.block, plan));
    else if (item.kind === "end" && item.array === array) rows = item.shape[0] as number;
    else await attributes.take(item);
  }
  file.endLead();
  if (plan.measure.object === "RateData") {
    await writeTimes(file, plan.measure);
    writeFields(file, { rate_unit: plan.rateUnit, N: BigInt(rows) });
    file.pickler.text("neuron_attributes");
    await attributes.write(file, rows);
  } else {
    const { labels } = plan.measure;
    requireEqual(rows, array.axes[1]?.size ?? 0, `arrays.${array.name}`, "columns");
    const known = pairwiseMetadata(stream.header, array);
    const own = { array: ArraySpec.toJSON(array), metadata: stream.header.dataset.metadata };
    writeFields(file, {
      labels: labels.length > 0 ? labels : null,
      metadata: metadataOf(stream.header, known, own),
    });
  }
  endObject(file.pickler);
  await file.end(rows);
  return {
    warnings: [...problems],
    losses: [...losses],
    origins: stream.header.dataset.origins,
    gaps: assembly.gaps,
    digests: assembly.digests.filter((digest) => digest.array === array.name && isExact(plan)),
  };
}

/** True when the values stand in the file bit by bit. */
function isExact({ measure, factor }: MeasurePlan): boolean {
  return measure.array.dataType === "float64" && factor === 1;
}

/** The values as the first field. */
function measureLead({ measure }: MeasurePlan): Lead {
  const { array, object } = measure;
  return {
    field: `arrays.${array.name}`,
    before: (pickler) => {
      beginObject(pickler, object);
      pickler.text(object === "RateData" ? "inst_Frate_data" : "matrix");
    },
    form: (rows) => ({ dataType: "float64", shape: [rows, array.axes[1]?.size ?? 0] }),
  };
}

function valuesOf({ array, data }: Block, plan: MeasurePlan): Uint8Array {
  if (isExact(plan)) return data;
  return asBytes(Float64Array.from(asElements(array.dataType as "float64", data), (value) => value * plan.factor));
}

async function writeTimes(file: PickleFile, { array, times: { startMs, stepMs, count } }: Rate): Promise<void> {
  const times = asBytes(Float64Array.from({ length: count }, (_, column) => startMs + column * stepMs));
  file.pickler.text("times");
  const payload = { length: times.length, pieces: () => [times] };
  await file.array({ dataType: "float64", shape: [count] }, payload, `arrays.${array.name}`);
}

function writeFields({ pickler }: PickleFile, fields: Readonly<Record<string, PythonValue>>): void {
  for (const [name, value] of Object.entries(fields)) {
    pickler.text(name);
    writeValue(pickler, value);
  }
}
