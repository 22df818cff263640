import {
  type ArtifactSink,
  Code,
  type DatasetHeader,
  type Exporter,
  type RawOptions,
  requireDistinctBranches,
  requireStem,
  SluiceError,
  stemOf,
  warning,
} from "@sluice/core";
import type { Branch, Delivery, ExportOpen, Problem } from "@sluice/proto";
import { type DeliveryRules, requireDelivery } from "./delivery-rules.ts";

/** A branch of a request that can be run: its exporter is known and its delivery allowed. */
export interface PlannedBranch {
  readonly branchId: string;
  readonly exporter: Exporter;
  readonly options: RawOptions;
  readonly delivery: Delivery;
}

/** What a service lets its callers do. */
export interface PlanRules extends DeliveryRules {
  readonly exporters: readonly Exporter[];
}

/** Branches that one call may have: each has a queue, a sink and, in the gateway, a call of its own. */
const maximumBranches = 64;
const idPattern = /^[\x21-\x7e]{1,128}$/;

/** Checks an opening message; throws the first fault. */
export function planExport(open: ExportOpen, rules: PlanRules): PlannedBranch[] {
  requireId(open.jobId, "open.job_id");
  requireDistinctBranches(open.branches.map((branch) => branch.branchId));
  for (const [index, { branchId }] of open.branches.entries()) requireId(branchId, `branches[${index}].branch_id`);
  if (open.branches.length > maximumBranches) throw tooMany("branches", open.branches.length, maximumBranches);
  const planned = open.branches.map((branch, index) => planBranch(branch, index, rules));
  requireDistinctArtifacts(planned);
  return planned;
}

function requireId(id: string, field: string): void {
  if (idPattern.test(id)) return;
  throw new SluiceError({
    reason: "ID_INVALID",
    message: "This cannot be an id.",
    field,
    got: JSON.stringify(id.slice(0, 128)),
    allowed: ["a UUID, or 1 to 128 visible ASCII characters"],
    remedy: "Choose another id; for a job, a random UUID.",
  });
}

/** Checks one branch of an opening message; throws its first fault. */
export function planBranch(branch: Branch, index: number, rules: PlanRules): PlannedBranch {
  const { branchId, format, options = {} } = branch;
  const field = `branches[${index}]`;
  const exporter = rules.exporters.find((candidate) => candidate.format === format);
  if (!exporter) throw formatUnknown(format, field, branchId, rules.exporters);
  const isRemote = exporter.remote === true;
  const delivery = requireDelivery(branch.delivery, `${field}.delivery`, branchId, isRemote, rules);
  if (delivery.name !== "") requireStem(delivery.name, `${field}.delivery.name`);
  return { branchId, exporter, options, delivery };
}

/** The file name stem of a branch: what was asked for, or the dataset's name made safe, with a warning if it changed. */
export function branchName(branch: PlannedBranch, header: DatasetHeader): { name: string; warnings: Problem[] } {
  if (branch.delivery.name !== "") return { name: branch.delivery.name, warnings: [] };
  const given = header.dataset.name;
  const name = stemOf(given);
  if (name === given) return { name, warnings: [] };
  const changed = warning({
    reason: "NAME_CHANGED",
    message: `The dataset's name cannot be the stem of a file name: ${JSON.stringify(name)} was used.`,
    field: "dataset.name",
    got: JSON.stringify(given),
    remedy: "Give delivery.name to choose another.",
    branchId: branch.branchId,
  });
  return { name, warnings: [changed] };
}

/** The exporter with warnings of the job in front of its own. */
export function withWarnings(exporter: Exporter, warnings: readonly Problem[]): Exporter {
  if (warnings.length === 0) return exporter;
  return {
    format: exporter.format,
    describe: (signal) => exporter.describe(signal),
    check: async (header, options, signal) => {
      const outlook = await exporter.check(header, options, signal);
      return { ...outlook, problems: [...warnings, ...(outlook.problems ?? [])] };
    },
    export: async (stream, options, sink, context) => {
      context.warn?.(warnings);
      const findings = await exporter.export(stream, options, sink, context);
      return { ...findings, warnings: [...warnings, ...(findings.warnings ?? [])] };
    },
  };
}

/** Counts the artifacts of all sinks of one job and refuses those above the limit. */
export function artifactLimit(limit: number): (sink: ArtifactSink) => ArtifactSink {
  let created = 0;
  return (sink) => ({
    create: async (path, mediaType, layout) => {
      created += 1;
      if (created > limit) throw tooMany("artifacts", created, limit);
      return sink.create(path, mediaType, layout);
    },
    prepare: () => sink.prepare(),
    commit: () => sink.commit(),
    discard: (reason) => sink.discard(reason),
    delivery: sink.delivery,
  });
}

function formatUnknown(format: string, field: string, branchId: string, exporters: readonly Exporter[]): SluiceError {
  return new SluiceError({
    reason: "FORMAT_UNKNOWN",
    message: "This service does not write this format.",
    field: `${field}.format`,
    got: JSON.stringify(format),
    allowed: exporters.map((exporter) => exporter.format),
    remedy: "Choose one of the formats that ListFormats names.",
    branchId,
    grpcCode: Code.INVALID_ARGUMENT,
  });
}

/** Two branches of one format would write the same file. */
function requireDistinctArtifacts(branches: readonly PlannedBranch[]): void {
  const seen = new Map<string, string>();
  for (const { branchId, exporter, delivery } of branches) {
    const { target } = delivery;
    if (target?.$case !== "directory" && target?.$case !== "objectStore") continue;
    const folder = target.$case === "directory" ? target.value.directory : target.value.url;
    const place = JSON.stringify([exporter.format, target.$case, folder, delivery.name]);
    const other = seen.get(place);
    if (other !== undefined) {
      throw new SluiceError({
        reason: "BRANCHES_COLLIDE",
        message: "Two branches of one format would write the same file.",
        field: "branches",
        got: `${other}, ${branchId}`,
        remedy: "Give them different names (delivery.name), directories or prefixes.",
        branchId,
      });
    }
    seen.set(place, branchId);
  }
}

function tooMany(what: "artifacts" | "branches", got: number, limit: number): SluiceError {
  return new SluiceError({
    reason: "LIMIT_EXCEEDED",
    message: `The call has more ${what} than this service allows.`,
    field: `limits.${what}`,
    got: String(got),
    allowed: [`at most ${limit} ${what}`],
    remedy: "Make several calls, or ask the operator of the service for a higher limit.",
    grpcCode: Code.RESOURCE_EXHAUSTED,
  });
}
