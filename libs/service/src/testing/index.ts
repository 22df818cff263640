export { type Certificates, canMakeCertificates, makeCertificates } from "./certificates.ts";
export { fakeExporter } from "./fake-exporter.ts";
export type { ReceivedMetric, ReceivedSpan } from "./otlp-decode.ts";
export { type OtlpReceiver, startOtlpReceiver } from "./otlp-receiver.ts";
