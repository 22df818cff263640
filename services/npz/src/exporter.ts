import { defaultLookAhead, inOrder } from "@sluice/codec";
import {
  type ArtifactSink,
  Assembly,
  asBytes,
  type DatasetHeader,
  type DatasetStream,
  type DataType,
  dataTypes,
  defineExporter,
  type ExportContext,
  type Exporter,
  type Findings,
  runsOf,
  SluiceError,
} from "@sluice/core";
import { descrOf } from "@sluice/npy";
import { bundleTexts } from "@sluice/playnano";
import type { Encoding, Loss, Problem } from "@sluice/proto";
import { openSpool, type Spool } from "@sluice/sink";
import { foresee } from "./forecast.ts";
import { bundleKeys, isPlainSeconds, recordKey } from "./keys.ts";
import { constantLosses } from "./losses.ts";
import type { RawBlock } from "./member.ts";
import { type FinishedMember, NpzFile } from "./npz-file.ts";
import { type NpzOptions, optionSchema } from "./options.ts";
import { type NpzPlan, planFile } from "./plan.ts";
import { recordText, settleRecord } from "./record.ts";
import { Recorder } from "./recorder.ts";
import { version } from "./version.ts";

/** Writes a dataset as one .npz file. */
export const npz: Exporter = defineExporter<NpzOptions>({
  format: {
    name: "npz",
    summary: "NPZ: every array, table and text for numpy.load, without pickle; also as playNano's bundles.",
    version,
    contents: ["image_stacks", "spike_trains", "segmentations", "responses", "kymographs"],
    dataTypes: [...dataTypes],
    unknownLength: true,
    extensions: [".npz"],
    mediaType: "application/zip",
  },
  options: optionSchema,
  check: foresee,
  export: async (stream, options, sink, context) => {
    const plan = requirePlan(stream.header, options);
    const spool = openSpool();
    try {
      return await exportArrays(stream, plan, options, sink, context, spool);
    } finally {
      await spool.close();
    }
  },
});

async function exportArrays(
  stream: DatasetStream,
  plan: NpzPlan,
  options: NpzOptions,
  sink: ArtifactSink,
  context: ExportContext,
  spool: Spool,
): Promise<Findings> {
  const writer = await sink.create(`${context.name}.npz`, "application/zip");
  const recorder = new Recorder(plan, options, spool);
  const file = new NpzFile(writer, spool, context.clock, leadMember(plan, recorder));
  const assembly = new Assembly(stream, runsOf);
  const losses: Loss[] = [];

  await file.begin();
  const pack = (block: RawBlock) => context.clock.time("encode", () => block.member.pack(block));
  const blocks = inOrder(
    blocksOf(stream.header, plan, recorder, assembly, losses),
    defaultLookAhead,
    pack,
    context.signal,
  );
  for await (const block of blocks) {
    await file.append(block);
    for (const twin of block.member.twins) await file.append({ member: twin, bytes: block.bytes });
  }
  const members = recorder.finished(plan.lead);
  await file.finish(members, encodingOf(members, plan.lead?.key));
  return {
    warnings: [...plan.warnings],
    losses: [...recorder.losses(), ...constantLosses(stream.header, plan), ...losses],
    origins: stream.header.dataset.origins,
    gaps: assembly.gaps,
    digests: recorder.digests(assembly.digests),
  };
}

/** All that the file holds: what streams by, then what can only be said when all has come. */
async function* blocksOf(
  header: DatasetHeader,
  plan: NpzPlan,
  recorder: Recorder,
  assembly: Assembly,
  losses: Loss[],
): AsyncGenerator<RawBlock> {
  yield* recorder.blocks(assembly);
  if (plan.bundle) yield* namedTexts(header, plan.bundle, recorder);
  const settled = settleRecord(header, plan, recorder.shapes, recorder.rows);
  losses.push(...settled.losses);
  yield* recorder.text(recordKey, recordText(settled.record));
}

/** What playNano wants to find beside the arrays. */
function* namedTexts(
  header: DatasetHeader,
  bundle: NonNullable<NpzPlan["bundle"]>,
  recorder: Recorder,
): Generator<RawBlock> {
  const { shapes, frames, framesBeforeEdit } = recorder;
  if (!frames) return;
  const { seconds, texts } = bundleTexts(header, bundle, shapes, frames, framesBeforeEdit);
  yield* recorder.whole(bundleKeys.pixelSize, descrOf.float64, [], [asBytes(Float64Array.of(bundle.pixelSizeNm))]);
  yield* recorder.text(bundleKeys.channel, bundle.channel);
  if (!bundle.data.times || !isPlainSeconds(bundle)) {
    yield* recorder.whole(bundleKeys.times, descrOf.float64, [seconds.length], [asBytes(seconds)]);
  }
  // playNano's own files have backups in any case.
  for (const [key, text] of Object.entries({ [bundleKeys.backups]: "{}", ...texts })) yield* recorder.text(key, text);
}

function leadMember({ lead }: NpzPlan, recorder: Recorder) {
  if (!lead) return undefined;
  const { array, castTo } = lead;
  return {
    member: recorder.memberOf(lead),
    descr: descrOf[castTo ?? (array.dataType as DataType)],
    rest: array.axes.slice(1).map(({ size }) => size as number),
  };
}

function encodingOf(members: readonly FinishedMember[], lead: string | undefined): Encoding {
  const largest = members.find(({ member }) => member.key === lead) ?? members[0];
  const compressor = largest?.member.compressor;
  return {
    codec: compressor?.codec ?? "none",
    reason: compressor ? `${largest?.member.key}: ${compressor.reason}` : "asked for",
    rawBytes: members.reduce((sum, { member }) => sum + member.rawBytes, 0),
    storedBytes: members.reduce((sum, { member }) => sum + member.packedBytes, 0),
  };
}

function requirePlan(header: DatasetHeader, options: NpzOptions): NpzPlan {
  const outcome = planFile(header, options);
  if ("plan" in outcome) return outcome.plan;
  throw new SluiceError(outcome.problems[0] as Problem);
}
