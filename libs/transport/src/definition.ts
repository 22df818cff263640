import type { MethodDefinition } from "@grpc/grpc-js";
import { AnalysisServiceDefinition, ExportServiceDefinition } from "@sluice/proto";

/** A message's coding as ts-proto generates it. */
interface Coding<Message> {
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
}

/** A service as ts-proto generates it, free of grpc-js: who only knows the messages does not load it. */
interface Generated {
  readonly fullName: string;
}

const asItIs = (message: Buffer): Buffer => message;

/** A streaming method whose messages stay bytes both ways. */
function raw(service: Generated, { name }: { readonly name: string }) {
  return {
    path: `/${service.fullName}/${name}`,
    requestStream: true,
    responseStream: true,
    requestSerialize: asItIs,
    requestDeserialize: asItIs,
    responseSerialize: asItIs,
    responseDeserialize: asItIs,
  } as const;
}

/** A method of one request and one response. */
function unary<Request, Response>(
  service: Generated,
  method: { readonly name: string; readonly requestType: Coding<Request>; readonly responseType: Coding<Response> },
) {
  const { name, requestType, responseType } = method;
  return {
    path: `/${service.fullName}/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (message) => Buffer.from(requestType.encode(message).finish()),
    requestDeserialize: (bytes) => requestType.decode(bytes),
    responseSerialize: (message) => Buffer.from(responseType.encode(message).finish()),
    responseDeserialize: (bytes) => responseType.decode(bytes),
  } as const satisfies MethodDefinition<Request, Response>;
}

const { export: exportMethod, listFormats, validateExport } = ExportServiceDefinition.methods;
const { analyze, listSteps, validateAnalysis } = AnalysisServiceDefinition.methods;

/**
 * ExportService as the servers and clients of this package speak it. Requests of Export stay bytes: a relay sends them
 * on untouched, and chunks are decoded without a copy. A server hands its responses over as bytes too: encoded when they
 * are made, not when their turn comes, so that the payload in them may be reused.
 */
export const exportServiceDefinition = {
  export: {
    ...raw(ExportServiceDefinition, exportMethod),
    responseDeserialize: (bytes: Buffer) => exportMethod.responseType.decode(bytes),
  },
  listFormats: unary(ExportServiceDefinition, listFormats),
  validateExport: unary(ExportServiceDefinition, validateExport),
} as const;

/** AnalysisService, spoken in the same way: the frames of its requests and responses lie where those of exports do. */
export const analysisServiceDefinition = {
  analyze: raw(AnalysisServiceDefinition, analyze),
  listSteps: unary(AnalysisServiceDefinition, listSteps),
  validateAnalysis: unary(AnalysisServiceDefinition, validateAnalysis),
} as const;
