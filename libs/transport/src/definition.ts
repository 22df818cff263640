import { ExportServiceService } from "@sluice/proto";

const asItIs = (message: Buffer): Buffer => message;

/**
 * ExportService as the servers and clients of this package speak it. The messages of Export stay bytes: a relay sends
 * requests on untouched, chunks are decoded without a copy, and a response is encoded when it is handed over, so that
 * its sender may reuse the bytes in it.
 */
export const exportServiceDefinition = {
  export: {
    path: ExportServiceService.export.path,
    requestStream: true,
    responseStream: true,
    requestSerialize: asItIs,
    requestDeserialize: asItIs,
    responseSerialize: asItIs,
    responseDeserialize: asItIs,
  },
  listFormats: ExportServiceService.listFormats,
  validateExport: ExportServiceService.validateExport,
} as const;
