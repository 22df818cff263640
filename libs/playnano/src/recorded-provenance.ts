import type { Provenance, ProvenanceStep } from "@sluice/proto";
import { isJsonObject, type JsonObject } from "./json.ts";
import { acquisitionKey, layerFolder, maskFolder, rawKey } from "./keys.ts";

/** What `acquisition.sluice` holds, as far as it is there. */
export function recordedAcquisition(provenance: JsonObject): JsonObject {
  const acquisition = provenance["acquisition"];
  const own = isJsonObject(acquisition) ? acquisition[acquisitionKey] : undefined;
  return isJsonObject(own) ? own : {};
}

/** The history that a bundle records. @param fileName stands in for the source where the bundle names none */
export function recordedProvenance(record: JsonObject, fileName: string): Provenance {
  const { source, acquired_time: acquiredTime } = recordedAcquisition(record);
  const environment = textsOf(record["environment"]);
  const version = environment["playnano_version"] ?? environment["playNano_version"] ?? "";
  return {
    steps: stepsOf(record, version),
    source: typeof source === "string" ? source : fileName,
    acquiredTime: dateOf(acquiredTime),
    environment,
  };
}

/** Time of an ISO 8601 text; undefined when it is none. */
export function dateOf(value: unknown): Date | undefined {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d/.test(value)) return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function stepsOf(record: JsonObject, playnanoVersion: string): ProvenanceStep[] {
  const processing = record["processing"];
  const steps = isJsonObject(processing) ? processing["steps"] : undefined;
  if (!Array.isArray(steps)) return [];
  let input = `${layerFolder}${rawKey}`;
  return steps.filter(isJsonObject).map((step) => {
    const converted = stepOf(step, playnanoVersion, input);
    if (converted.output.startsWith(layerFolder)) input = converted.output;
    return converted;
  });
}

function stepOf(step: JsonObject, playnanoVersion: string, input: string): ProvenanceStep {
  const { name, sluice_name: sluiceName, params, timestamp, version, function_module: module } = step;
  const isForeign = typeof module !== "string" || /^playnano(\.|$)/i.test(module);
  return {
    name: text(sluiceName ?? name),
    software: isForeign ? "playnano" : module,
    softwareVersion: isForeign ? playnanoVersion : text(version),
    parameters: isJsonObject(params) ? { ...params } : undefined,
    time: dateOf(timestamp),
    input,
    output: outputOf(step),
  };
}

function outputOf({ processed_key: layer, mask_key: mask }: JsonObject): string {
  if (typeof layer === "string") return `${layerFolder}${layer}`;
  return typeof mask === "string" ? `${maskFolder}${mask}` : "";
}

function textsOf(value: unknown): Record<string, string> {
  const entries = isJsonObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.flatMap(([key, item]) => (typeof item === "string" ? [[key, item]] : [])));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
