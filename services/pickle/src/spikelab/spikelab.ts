import { Assembly, Code, type DatasetStream, type Findings, runsOf, SluiceError } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import { TableValues } from "@sluice/spikes";
import { PickleFile } from "../pickle-file.ts";
import type { ProfileJob } from "../profile.ts";
import { metadataOf, neuronAttributes } from "./attributes.ts";
import { planSpikelab, type SpikelabPlan } from "./plan.ts";
import { RawTimes } from "./raw-times.ts";
import { rawLead, writeSpikeData } from "./spike-data.ts";
import { Trains } from "./trains.ts";

/** Writes a recording of spikes as an object of SpikeLab's class `SpikeData`. */
export async function writeSpikelab(stream: DatasetStream, job: ProfileJob): Promise<Findings> {
  const { options, spool, context, writer } = job;
  const { plan, problems, losses } = planSpikelab(stream.header, options);
  if (!plan) throw new SluiceError(problems[0] as Problem);
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
    metadata: metadataOf(stream.header, plan),
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
function isKept(array: string, { raw }: SpikelabPlan): boolean {
  return array === raw?.array.name;
}

/** SpikeLab relies on it that both are as long. */
function requireEqual(got: number, allowed: number, field: string, of: string): void {
  if (got === allowed) return;
  throw new SluiceError({
    reason: "LENGTH_MISMATCH",
    message: "SpikeLab must have one of these for each of the others, and the stream ended early or late.",
    field,
    got: String(got),
    allowed: [`${allowed}, as many as there are ${of}`],
    remedy: "Send both whole, or choose the profile generic.",
    grpcCode: Code.DATA_LOSS,
  });
}
