import { Assembly, type DatasetStream, type Findings, runsOf } from "@sluice/core";
import { ArraySpec } from "@sluice/proto";
import { PickleFile } from "../pickle-file.ts";
import type { ProfileJob } from "../profile.ts";
import { metadataOf } from "./metadata.ts";
import { RawTimes } from "./raw-times.ts";
import type { PlannedRecording, RecordingPlan } from "./recording-plan.ts";
import { requireEqual } from "./require-equal.ts";
import { rawLead, writeSpikeData } from "./spike-data.ts";
import { Trains } from "./trains.ts";
import { UnitAttributes } from "./unit-attributes.ts";

/** Writes a recording of spikes as an object of SpikeLab's class `SpikeData`. */
export async function writeRecording(
  stream: DatasetStream,
  { plan, problems, losses }: PlannedRecording & { readonly plan: RecordingPlan },
  { options, spool, context, writer }: ProfileJob,
): Promise<Findings> {
  const { spikes, raw } = plan;
  const file = new PickleFile(writer, context.clock, options.protocol, raw && rawLead(raw));
  const trains = new Trains(spikes, spool);
  const attributes = new UnitAttributes(plan.attributes, spool);
  const times = raw && new RawTimes(raw, spool);
  const clock = raw && "array" in raw.clock ? raw.clock.array : undefined;
  const assembly = new Assembly(stream, (array) =>
    array === raw?.array || array === clock ? runsOf(array) : attributes.gridOf(array),
  );
  let samples = 0;
  await file.begin();
  for await (const item of assembly) {
    context.signal.throwIfAborted();
    if (item.kind === "ragged" && item.array === spikes.times) {
      await context.clock.time("spool", () => trains.take(item.chunk));
    } else if (item.kind === "block" && item.block.array === clock) await times?.take(item.block);
    else if (item.kind === "block" && item.block.array === raw?.array) await file.writeLead(item.block.data);
    else if (item.kind === "end" && item.array === raw?.array) samples = item.shape[0] as number;
    else await context.clock.time("spool", () => attributes.take(item));
  }
  if (times) requireEqual(times.available(samples), samples, `arrays.${clock?.name}`, "samples");
  await writeSpikeData(file, {
    lengths: trains.lengths,
    trains: trains.payloads(),
    ...trains.window(),
    raw: times && { samples, times: times.payload(samples), timesField: `arrays.${clock?.name ?? raw?.array.name}` },
    metadata: metadataOf(
      stream.header,
      stream.header.dataset.metadata ?? {},
      raw ? { rawArray: ArraySpec.toJSON(raw.array) } : {},
    ),
    attributes,
    field: `arrays.${spikes.times.name}`,
  });
  return {
    warnings: [...problems, ...trains.warnings()],
    losses: [...losses],
    origins: stream.header.dataset.origins,
    gaps: assembly.gaps,
    digests: assembly.digests.filter(({ array }) => isKept(array, plan)),
  };
}

/** Arrays whose values stand in the file bit by bit; times are in another unit. */
function isKept(array: string, { raw, attributes }: RecordingPlan): boolean {
  const kept = [raw?.array, ...attributes.measures, ...attributes.rows.map((row) => row.array)];
  return kept.some((spec) => spec?.name === array);
}
