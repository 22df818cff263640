import { Assembly, type DatasetStream, type Findings, runsOf } from "@sluice/core";
import { ArraySpec } from "@sluice/proto";
import { TableValues } from "@sluice/spikes";
import { PickleFile } from "../pickle-file.ts";
import type { ProfileJob } from "../profile.ts";
import { metadataOf, neuronAttributes } from "./attributes.ts";
import { RawTimes } from "./raw-times.ts";
import type { PlannedRecording, RecordingPlan } from "./recording-plan.ts";
import { requireEqual } from "./require-equal.ts";
import { rawLead, writeSpikeData } from "./spike-data.ts";
import { Trains } from "./trains.ts";

/** Writes a recording of spikes as an object of SpikeLab's class `SpikeData`. */
export async function writeRecording(
  stream: DatasetStream,
  { plan, problems, losses }: PlannedRecording & { readonly plan: RecordingPlan },
  { options, spool, context, writer }: ProfileJob,
): Promise<Findings> {
  const { spikes, raw } = plan;
  const file = new PickleFile(writer, context.clock, options.protocol, raw && rawLead(raw));
  const trains = new Trains(spikes, spool);
  const units = spikes.units && new TableValues(spikes.units);
  const times = raw && new RawTimes(raw, spool);
  const clock = raw && "array" in raw.clock ? raw.clock.array : undefined;
  const assembly = new Assembly(stream, (array) =>
    array === raw?.array || array === clock ? runsOf(array) : undefined,
  );
  let samples = 0;
  await file.begin();
  for await (const item of assembly) {
    context.signal.throwIfAborted();
    if (item.kind === "ragged" && item.array === spikes.times) {
      await context.clock.time("spool", () => trains.take(item.chunk));
    } else if (item.kind === "batch" && item.table === spikes.units) units?.take(item.batch);
    else if (item.kind === "block" && item.block.array === clock) await times?.take(item.block);
    else if (item.kind === "block") await file.writeLead(item.block.data);
    else if (item.kind === "end" && item.array === raw?.array) samples = item.shape[0] as number;
  }
  if (units) requireEqual(units.rows, trains.lengths.length, `tables.${units.spec.name}`, "units");
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
    neuronAttributes: neuronAttributes(units),
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
function isKept(array: string, { raw }: RecordingPlan): boolean {
  return array === raw?.array.name;
}
