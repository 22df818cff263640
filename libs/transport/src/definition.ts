import { AnalysisServiceService, ExportServiceService } from "@sluice/proto";

const asItIs = (message: Buffer): Buffer => message;

/**
 * ExportService as the servers and clients of this package speak it. Requests of Export stay bytes: a relay sends them
 * on untouched, and chunks are decoded without a copy. A server hands its responses over as bytes too: encoded when they
 * are made, not when their turn comes, so that the payload in them may be reused.
 */
export const exportServiceDefinition = {
  export: {
    path: ExportServiceService.export.path,
    requestStream: true,
    responseStream: true,
    requestSerialize: asItIs,
    requestDeserialize: asItIs,
    responseSerialize: asItIs,
    responseDeserialize: ExportServiceService.export.responseDeserialize,
  },
  listFormats: ExportServiceService.listFormats,
  validateExport: ExportServiceService.validateExport,
} as const;

/** AnalysisService, spoken in the same way: the frames of its requests and responses lie where those of exports do. */
export const analysisServiceDefinition = {
  analyze: {
    path: AnalysisServiceService.analyze.path,
    requestStream: true,
    responseStream: true,
    requestSerialize: asItIs,
    requestDeserialize: asItIs,
    responseSerialize: asItIs,
    responseDeserialize: asItIs,
  },
  listSteps: AnalysisServiceService.listSteps,
  validateAnalysis: AnalysisServiceService.validateAnalysis,
} as const;
