import type { DatasetHeader } from "@sluice/core";
import type { ProvenanceStep } from "@sluice/proto";
import type { Bundle, BundleArray } from "./bundle.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import {
  acquisitionKey,
  layerFolder,
  playnanoStepName,
  provenanceRecord,
  recordedObject,
  stateBackupsRecord,
  stepTypeOf,
} from "./keys.ts";

/** What is known only when all data have come. */
export interface FinalShapes {
  /** Final shape of each array of the bundle, by array name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Columns of the frames table that are no keys of playNano's. */
  readonly frameColumns?: Readonly<Record<string, unknown[]>>;
}

/**
 * Provenance in the form of playNano's pipeline: environment, acquisition, processing.steps, keys_by_name, analysis.
 *
 * What was read from a bundle stays as it was; steps that were added since follow. `acquisition.sluice` holds what
 * playNano has no place for: playNano keeps it, and our loader reads it back.
 */
export function bundleProvenance(header: DatasetHeader, bundle: Bundle, final: FinalShapes): JsonObject {
  const recorded = recordedObject(header.dataset.records, provenanceRecord) ?? {};
  const steps = stepRecords(header, bundle, recorded, final);
  return {
    ...recorded,
    environment: { ...object(recorded["environment"]), ...header.dataset.provenance?.environment },
    acquisition: { ...object(recorded["acquisition"]), [acquisitionKey]: acquisition(header, bundle, final) },
    processing: { ...object(recorded["processing"]), steps, keys_by_name: keysByName(steps) },
    analysis: recorded["analysis"] ?? { frame_times: null, steps: [], results_by_name: {} },
  };
}

/** What playNano keeps of the stack before its frames were edited; undefined when there is nothing. */
export function bundleStateBackups(
  header: DatasetHeader,
  beforeEdit: readonly JsonObject[] | undefined,
): JsonObject | undefined {
  const recorded = recordedObject(header.dataset.records, stateBackupsRecord) ?? {};
  const backups = { ...(beforeEdit ? { frame_metadata_before_edit: beforeEdit } : {}), ...recorded };
  return Object.keys(backups).length > 0 ? backups : undefined;
}

/** Metadata of the raw frames that were kept before the first edit; undefined when none were. */
export function metadataBeforeEdit({ dataset }: DatasetHeader): JsonObject[] | undefined {
  const kept = recordedObject(dataset.records, stateBackupsRecord)?.["frame_metadata_before_edit"];
  return Array.isArray(kept) && kept.every(isJsonObject) ? kept : undefined;
}

function stepRecords(header: DatasetHeader, bundle: Bundle, recorded: JsonObject, final: FinalShapes): JsonObject[] {
  const steps = header.dataset.provenance?.steps ?? [];
  const known = recordedSteps(recorded);
  const unchanged = known.every((record, index) => record["name"] === nameOf(steps[index]));
  const kept = unchanged ? known : [];
  const added = steps.slice(kept.length).map((step, index) => stepRecord(step, kept.length + index + 1, bundle, final));
  return [...kept, ...added];
}

function recordedSteps(recorded: JsonObject): JsonObject[] {
  const steps = object(recorded["processing"])["steps"];
  return Array.isArray(steps) ? steps.filter(isJsonObject) : [];
}

function nameOf(step: ProvenanceStep | undefined): string | undefined {
  return step && playnanoStepName(step.name);
}

/** One step as playNano's pipeline records it. @param index from 1 */
function stepRecord(step: ProvenanceStep, index: number, bundle: Bundle, { shapes }: FinalShapes): JsonObject {
  const name = playnanoStepName(step.name);
  const stepType = stepTypeOf(name);
  const summaryOf = ({ array }: BundleArray) => ({ shape: shapes.get(array.name), dtype: array.dataType });
  // The layer of the last step may be the image itself.
  const layer = bundle.processed.find(
    ({ key, array }) => array.name === step.output || `${layerFolder}${key}` === step.output,
  );
  const mask = bundle.masks.find(({ array }) => array.name === step.output);
  const edit = { stack_edit_function_used: name, delegated_to: name === "drop_frames" ? null : "drop_frames" };
  return {
    index,
    name,
    params: step.parameters ?? {},
    timestamp: step.time?.toISOString() ?? null,
    step_type: stepType,
    version: step.softwareVersion || null,
    function_module: step.software || null,
    ...(stepType === "clear" ? { mask_cleared: true } : {}),
    ...(mask ? { mask_key: mask.key, mask_summary: summaryOf(mask) } : {}),
    ...(layer
      ? {
          processed_key: layer.key,
          output_summary: { ...(stepType === "stack_edit" ? edit : {}), ...summaryOf(layer) },
        }
      : {}),
    ...(name === step.name ? {} : { sluice_name: step.name }),
  };
}

/** Keys of the layers and masks that steps made, by step, in the order of making. */
function keysByName(steps: readonly JsonObject[]): Record<string, unknown[]> {
  const keys: Record<string, unknown[]> = {};
  for (const step of steps) {
    const key = step["processed_key"] ?? step["mask_key"];
    if (key === undefined) continue;
    const name = String(step["name"]);
    keys[name] = [...(keys[name] ?? []), key];
  }
  return keys;
}

function acquisition({ dataset }: DatasetHeader, bundle: Bundle, { frameColumns = {} }: FinalShapes): JsonObject {
  const { provenance, sessionStartTime, metadata } = dataset;
  const records = Object.fromEntries(
    Object.entries(dataset.records ?? {}).filter(([name]) => name !== provenanceRecord && name !== stateBackupsRecord),
  );
  const { modality } = bundle.stack;
  const { unit } = bundle.data.image;
  return {
    ...(provenance?.source ? { source: provenance.source } : {}),
    ...(provenance?.acquiredTime ? { acquired_time: provenance.acquiredTime.toISOString() } : {}),
    ...(sessionStartTime ? { session_start_time: sessionStartTime.toISOString() } : {}),
    ...(modality ? { modality } : {}),
    ...(unit ? { unit } : {}),
    ...(metadata ? { metadata } : {}),
    ...(Object.keys(records).length > 0 ? { records } : {}),
    ...(Object.keys(frameColumns).length > 0 ? { frames: frameColumns } : {}),
  };
}

function object(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
