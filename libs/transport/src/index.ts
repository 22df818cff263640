export { AnalysisClient, type AnalyzeCall } from "./analysis-client.ts";
export { callSignal, cancellation } from "./call-signal.ts";
export { defaultMaxMessageBytes } from "./channel-options.ts";
export { type ExportCall, ExportClient } from "./client.ts";
export { analysisServiceDefinition, exportServiceDefinition } from "./definition.ts";
export { delegatedSink } from "./delegated-sink.ts";
export { EncodedFrame } from "./encoded-frame.ts";
export type { ClientTls, Endpoint } from "./endpoint.ts";
export { encodeFrame, encodeOpen } from "./frame-codec.ts";
export { halfClosed } from "./half-closed.ts";
export { headerOf } from "./header-of.ts";
export { letPayloadsGrow } from "./payload-heap.ts";
export { publicProblem } from "./public-problem.ts";
export {
  type ExportServerCall,
  type Incoming,
  type IncomingExport,
  type ReadOptions,
  readAnalyze,
  readExport,
  type StreamServerCall,
} from "./reader.ts";
export { remoteAnalysis } from "./remote-analysis.ts";
export { type RemoteExportContext, remoteExport } from "./remote-export.ts";
export { remoteExporter } from "./remote-exporter.ts";
export { runRemoteJob } from "./remote-job.ts";
export { replySender } from "./reply.ts";
export { replyStream } from "./reply-stream.ts";
export { sendExport } from "./send-export.ts";
export { createServer, type ServerOptions } from "./server.ts";
export { defaultWindowBytes } from "./server-window.ts";
export type { CallLimits } from "./service-client.ts";
export { problemOf, statusOf } from "./status.ts";
export { defaultLimits, type StreamLimits } from "./stream-limits.ts";
