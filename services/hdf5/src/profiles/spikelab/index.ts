import { Assembly, type DatasetStream, type ExportContext, type Findings, SluiceError } from "@sluice/core";
import type { GroupWriter, Hdf5Writer } from "@sluice/hdf5";
import type { ArraySpec, Problem } from "@sluice/proto";
import type { Hdf5Options } from "../../options.ts";
import type { Profile } from "../../profile.ts";
import { describeTable } from "../generic/describe-array.ts";
import { groups } from "../generic/layout.ts";
import { TableWriter } from "../generic/table-writer.ts";
import { describeRecording } from "./describe.ts";
import { planSpikes, rowsPerBlock, type SpikePlan } from "./plan.ts";
import { RawWriter } from "./raw-writer.ts";
import { RecordingWindow } from "./recording-window.ts";
import { Rounding } from "./rounding.ts";
import { spikeRuns } from "./spike-rows.ts";
import { styleWriter } from "./style-writer.ts";

/** Spike trains as SpikeLab's `load_spikedata_from_hdf5` reads them, in one of its four styles. */
export const spikelab: Profile = {
  name: "spikelab",
  check: (header, options) => {
    const { problems, losses } = planSpikes(header, options);
    return { problems: [...problems], losses: [...losses] };
  },
  write,
};

async function write(
  stream: DatasetStream,
  options: Hdf5Options,
  file: Hdf5Writer,
  { signal }: ExportContext,
): Promise<Findings> {
  const { plan, problems, losses } = planSpikes(stream.header, options);
  if (!plan) throw new SluiceError(problems[0] as Problem);
  const field = `arrays.${plan.times.name}`;
  const window = new RecordingWindow(plan.trains, field);
  const rounding = new Rounding(plan.scale);
  const spikes = styleWriter(file.root, plan);
  const raw = plan.raw && new RawWriter(file.root, plan.raw, plan);
  const tables = tableWriters(file.root, plan);
  const clock = plan.raw && "array" in plan.raw.clock ? plan.raw.clock.array : undefined;
  let units = 0;
  let samples = 0;
  const assembly = new Assembly(stream, (array) => gridOf(array, plan, clock));
  for await (const item of assembly) {
    signal.throwIfAborted();
    if (item.kind === "ragged" && item.array === plan.times) {
      for (const { unit, begins, seconds } of spikeRuns(item.array, item.chunk)) {
        if (begins) await spikes.beginUnit();
        window.take(seconds, unit);
        rounding.take(seconds);
        if (seconds.length > 0) await spikes.add(seconds);
        units = unit + 1;
      }
    } else if (item.kind === "block") {
      if (item.block.array === plan.raw?.array) await raw?.add(item.block);
      else await raw?.addTimes(item.block);
    } else if (item.kind === "batch") {
      await tables.get(item.table.tableId)?.write(item.batch);
    } else if (item.kind === "end" && item.array === plan.raw?.array) {
      samples = item.shape[0] as number;
    }
  }
  await spikes.end();
  await raw?.end(samples);
  for (const table of tables.values()) await table.end();
  describeRecording(file.root, stream.header, plan, window, units);
  return {
    warnings: problems.slice(),
    losses: [...losses, ...rounding.losses(field)],
    gaps: assembly.gaps,
    digests: assembly.digests.filter(({ array }) => array === plan.raw?.array.name),
  };
}

function gridOf(array: ArraySpec, plan: SpikePlan, clock: ArraySpec | undefined): readonly number[] | undefined {
  if (array === plan.raw?.array) return [rowsPerBlock(array), plan.raw.channels];
  return array === clock ? [2 ** 17] : undefined;
}

function tableWriters(root: GroupWriter, { tables, filters }: SpikePlan): ReadonlyMap<number, TableWriter> {
  return new Map(
    Array.from(tables, ([path, table]) => {
      const group = root.createGroup(path);
      describeTable(group.attributes, table, path, []);
      const masks = () => root.requireGroup(`${groups.nulls}/${path}`);
      return [table.tableId, new TableWriter(group, masks, table, filters)];
    }),
  );
}
