import { describeProblem, forecastsJson, problemJson, receiptOf } from "@sluice/core";
import type { BranchReport, ExportProgress, ExportSummary, Forecast } from "@sluice/proto";
import type { SingleBar } from "cli-progress";
import { describeForecast, describeSummary, formatBytes } from "./print.ts";

/** Tells people or programs how an export goes: warnings as soon as they are known, and all of them in the summary. */
export interface Reporter {
  progress(branchId: string, progress: ExportProgress): void;
  forecasts(forecasts: readonly Forecast[]): void;
  summary(summary: ExportSummary): void;
  /** The export ended without a summary; the error is told elsewhere. */
  failed(): void;
}

/** One JSON object a line on standard output. Frame digests stay in the receipt: they grow with the stack. */
export function jsonReporter(input: string): Reporter {
  const line = (event: object) => console.log(JSON.stringify(event));
  return {
    progress: (branch, { frames, bytesIn, bytesOut, fraction, warnings }) => {
      for (const warning of warnings) line({ type: "warning", input, branch, ...problemJson(warning) });
      if (warnings.length === 0) line({ type: "progress", input, branch, frames, bytesIn, bytesOut, fraction });
    },
    forecasts: (forecasts) => line({ type: "forecast", input, ...forecastsJson({ forecasts: [...forecasts] }) }),
    failed: () => undefined,
    summary: (summary) => line({ type: "summary", input, ...receiptOf(withoutFrameDigests(summary)) }),
  };
}

/** Warnings on standard error, with progress bars on a terminal; then a summary on standard output. */
export async function textReporter(input: string): Promise<Reporter> {
  const bars = process.stderr.isTTY ? await progressBars() : undefined;
  return {
    progress: (branchId, progress) => {
      bars?.update(branchId, progress);
      for (const warning of progress.warnings) {
        (bars?.log ?? console.error)(`sluice: warning: ${branchId}: ${describeProblem(warning)}`);
      }
    },
    forecasts: (forecasts) => console.log([input, ...forecasts.map(describeForecast)].join("\n")),
    failed: () => bars?.stop(),
    summary: (summary) => {
      bars?.stop();
      console.log(describeSummary(summary));
    },
  };
}

async function progressBars() {
  const { MultiBar, Presets } = await import("cli-progress");
  const bars = new MultiBar(
    {
      format: "{name} [{bar}] {percentage}% | {frames} chunks | {written} written",
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
    },
    Presets.shades_grey,
  );
  const byBranch = new Map<string, SingleBar>();
  return {
    update(branchId: string, progress: ExportProgress): void {
      const payload = { name: branchId, frames: progress.frames, written: formatBytes(progress.bytesOut) };
      const bar = byBranch.get(branchId) ?? bars.create(1, 0, payload);
      byBranch.set(branchId, bar);
      bar.update(progress.fraction ?? 0, payload);
    },
    /** Above the bars, as much as one line holds, and at once: bars that stop would drop what waits. Not without a bar. */
    log(line: string): void {
      bars.log(`${line}\n`);
      bars.update();
    },
    stop: () => bars.stop(),
  };
}

function withoutFrameDigests(summary: ExportSummary): ExportSummary {
  const strip = (branch: BranchReport) => ({
    ...branch,
    digests: branch.digests.map((item) => ({ ...item, frames: [] })),
  });
  return { ...summary, branches: summary.branches.map(strip) };
}
