import { ExportSummary, ListFormatsResponse, Problem, ValidateExportResponse } from "@sluice/proto";
import { SluiceError } from "./problem.ts";

/** A receipt as JSON: proto3 JSON with two changes for people, digests in hexadecimal and enums in short lower case. */
export type ReceiptJson = { readonly [key: string]: unknown };

const enumPrefix = {
  state: "EXPORT_STATE_",
  severity: "SEVERITY_",
  kind: "LOSS_KIND_",
  origin: "ORIGIN_",
} as const;

/** What became of the data, as JSON for files, programs and people. */
export function receiptOf(summary: ExportSummary): ReceiptJson {
  return forPeople(withLists(summary, ExportSummary.toJSON(summary))) as ReceiptJson;
}

/** A dry run as JSON, in the receipt's words. */
export function forecastsJson(response: ValidateExportResponse): ReceiptJson {
  return forPeople(withLists(response, ValidateExportResponse.toJSON(response))) as ReceiptJson;
}

/** Formats as JSON, in the receipt's words. */
export function formatsJson(response: ListFormatsResponse): ReceiptJson {
  return forPeople(withLists(response, ListFormatsResponse.toJSON(response))) as ReceiptJson;
}

/** A problem as JSON, in the receipt's words. */
export function problemJson(item: Problem): ReceiptJson {
  return forPeople(withLists(item, Problem.toJSON(item))) as ReceiptJson;
}

/** Proto3 JSON leaves empty lists out; a program would rather find them empty. */
function withLists(message: unknown, json: unknown): unknown {
  if (Array.isArray(message)) return message.map((item, index) => withLists(item, (json as unknown[])[index]));
  if (!isRecord(message) || !isRecord(json)) return json;
  const whole = { ...json };
  for (const [key, value] of Object.entries(message)) {
    if (Array.isArray(value) && value.length === 0) whole[key] = [];
    else if (Object.hasOwn(json, key) && !isFree(key)) whole[key] = withLists(value, json[key]);
  }
  return whole;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !(value instanceof Date) && !ArrayBuffer.isView(value);
}

/** Reads a receipt back; RECEIPT_INVALID when the text is not one. */
export function parseReceipt(text: string): ExportSummary {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid("The receipt is not JSON.", error);
  }
  if (typeof json !== "object" || json === null || !Array.isArray((json as { branches?: unknown }).branches)) {
    throw invalid("The receipt names no branches.");
  }
  return ExportSummary.fromJSON(forProtobuf(json));
}

function invalid(message: string, cause?: unknown): SluiceError {
  const remedy = "Give the .receipt.json that an export wrote.";
  return new SluiceError({ reason: "RECEIPT_INVALID", message, field: "receipt", remedy }, { cause });
}

function forPeople(value: unknown, key = ""): unknown {
  return mapJson(value, key, (text, name) => {
    if (isDigest(name)) return Buffer.from(text, "base64").toString("hex");
    const prefix = prefixOf(name);
    return prefix && text.startsWith(prefix) ? text.slice(prefix.length).toLowerCase() : text;
  });
}

function forProtobuf(value: unknown, key = ""): unknown {
  return mapJson(value, key, (text, name) => {
    if (isDigest(name)) return Buffer.from(text, "hex").toString("base64");
    const prefix = prefixOf(name);
    return prefix ? prefix + text.toUpperCase() : text;
  });
}

function mapJson(value: unknown, key: string, onText: (text: string, key: string) => string): unknown {
  if (typeof value === "string") return onText(value, key);
  if (Array.isArray(value)) return value.map((item) => mapJson(item, key, onText));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, isFree(name) ? item : mapJson(item, name, onText)]),
  );
}

function isDigest(key: string): boolean {
  return key === "sha256" || key === "root";
}

/** JSON that belongs to others: a schema's keys are not ours to translate. */
function isFree(key: string): boolean {
  return key === "optionSchema";
}

function prefixOf(key: string): string | undefined {
  return Object.hasOwn(enumPrefix, key) ? enumPrefix[key as keyof typeof enumPrefix] : undefined;
}
