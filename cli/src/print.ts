import { describeProblem, isError } from "@sluice/core";
import {
  type BranchReport,
  type Difference,
  ExportState,
  type ExportSummary,
  type Forecast,
  LossKind,
  type Problem,
} from "@sluice/proto";

/** Bytes for people: "1.5 MiB". */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[power]}`;
}

/** A report for people, several lines. */
export function describeSummary(summary: ExportSummary): string {
  const warnings = summary.warnings.map((warning) => `! ${describeProblem(warning)}`);
  return [...warnings, ...summary.branches.map(describeBranch)].join("\n");
}

/** A dry run for people, several lines. */
export function describeForecast(forecast: Forecast): string {
  const size = forecast.artifactBytes === undefined ? "size unknown" : `at most ${formatBytes(forecast.artifactBytes)}`;
  return [
    `${forecast.branchId}: ${size}, ${formatBytes(forecast.memoryBytes)} of memory`,
    ...forecast.problems.map((problem) => `  ${mark(problem)} ${describeProblem(problem)}`),
    ...forecast.losses.map((loss) => `  - ${lossWord(loss.kind)} ${loss.field}: ${loss.message}`),
  ].join("\n");
}

function describeBranch(branch: BranchReport): string {
  if (branch.state !== ExportState.EXPORT_STATE_SUCCEEDED) {
    return `${branch.format}: FAILED. ${branch.error ? describeProblem(branch.error) : ""}`;
  }
  const seconds = branch.timing?.totalSeconds ?? 0;
  const rate = branch.timing?.bytesPerSecond ?? 0;
  const lines = branch.artifacts.map((artifact) => {
    const packing = artifact.encoding ? `, ${artifact.encoding.codec}` : "";
    const place = artifact.uri.startsWith("s3:") ? artifact.uri : artifact.path;
    return `${branch.format}: ${place} (${formatBytes(artifact.size)}${packing})`;
  });
  return [
    ...lines,
    `  ${branch.frames} ${branch.frames === 1 ? "chunk" : "chunks"}, ${formatBytes(branch.bytes)} in ${seconds.toFixed(2)} s (${formatBytes(rate)}/s)`,
    ...branch.warnings.map((warning) => `  ! ${describeProblem(warning)}`),
    ...branch.losses.map((loss) => `  - ${lossWord(loss.kind)} ${loss.field}: ${loss.message}`),
    ...branch.gaps.map(
      (gap) =>
        `  ! ${gap.array}: ${gap.count} missing from index ${gap.first}, ${gap.filled ? "filled" : "ends there"}`,
    ),
    ...describeVerification(branch),
  ].join("\n");
}

function describeVerification({ verification }: BranchReport): string[] {
  if (!verification) return [];
  if (verification.equal) return [`  = verified: ${verification.loader} reads the same values back`];
  return verification.differences.map((difference) => `  ! verification failed: ${describeDifference(difference)}`);
}

/** A difference that is of no array, or counts no frames, is a sentence alone. */
function describeDifference({ array, count, frames, message }: Difference): string {
  const place = array === "" ? "" : `${array}: `;
  if (count === 0) return `${place}${message}`;
  return `${place}${message} (${count} differ${frames.length > 0 ? `, first ${frames.join(", ")}` : ""})`;
}

function mark(problem: Problem): string {
  return isError(problem) ? "x" : "!";
}

function lossWord(kind: LossKind): string {
  const words: Partial<Record<LossKind, string>> = {
    [LossKind.LOSS_KIND_CAST]: "cast",
    [LossKind.LOSS_KIND_CLIPPED]: "clipped",
    [LossKind.LOSS_KIND_SCALED]: "scaled",
    [LossKind.LOSS_KIND_TRANSPOSED]: "transposed",
    [LossKind.LOSS_KIND_DROPPED]: "dropped",
  };
  return words[kind] ?? "changed";
}
