import { type Analysis, type AnalysisPlan, Code, SluiceError } from "@sluice/core";

/** What an opening message wants done to the stream; absent when it wants nothing. */
export function analysisPlan(open: AnalysisPlan | undefined): AnalysisPlan | undefined {
  return open && open.steps.length > 0 ? { steps: open.steps, layers: open.layers } : undefined;
}

/** The analysis of this service, or ANALYSIS_MISSING. */
export function requireAnalysis(analysis: Analysis | undefined): Analysis {
  if (analysis) return analysis;
  throw new SluiceError({
    reason: "ANALYSIS_MISSING",
    message: "This service runs no steps.",
    field: "open.steps",
    allowed: ["no steps"],
    remedy: "Ask a gateway whose operator has set SLUICE_ANALYSIS, or `sluice serve all`.",
    grpcCode: Code.FAILED_PRECONDITION,
  });
}
