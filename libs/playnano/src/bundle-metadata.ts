import { Code, SluiceError } from "@sluice/core";
import type { FrameRecord } from "./frame-metadata.ts";
import { isJsonObject, type JsonObject, parsePythonJson } from "./json.ts";

/** The texts of a bundle as they stand in it; undefined where it has none. */
export interface BundleTexts {
  readonly frame_metadata_json: string | undefined;
  readonly provenance_json: string | undefined;
  readonly state_backups_json: string | undefined;
}

/** What the texts say. */
export interface BundleMetadata {
  readonly frames: readonly FrameRecord[];
  readonly provenance: JsonObject;
  readonly stateBackups: JsonObject | undefined;
}

/**
 * Parses the texts of a bundle.
 *
 * @throws SluiceError PLAYNANO_PART_MISSING, PLAYNANO_JSON_INVALID
 */
export function parseBundleTexts(texts: BundleTexts): BundleMetadata {
  const frames = parsed(
    required(texts, "frame_metadata_json"),
    "frame_metadata_json",
    isFrameList,
    "a list of objects",
  );
  const provenance = parsed(required(texts, "provenance_json"), "provenance_json", isJsonObject, "an object");
  const backups = texts.state_backups_json;
  return {
    frames,
    provenance,
    stateBackups: backups === undefined ? undefined : parsed(backups, "state_backups_json", isJsonObject, "an object"),
  };
}

/** A bundle has no part of this name. */
export function partMissing(name: string): SluiceError {
  return new SluiceError({
    reason: "PLAYNANO_PART_MISSING",
    message: `The bundle is missing '${name}'.`,
    field: name,
    got: "nothing",
    allowed: ["data, pixel_size_nm, channel, frame_metadata_json, provenance_json"],
    remedy: "Export the stack from playNano again, or read the file as a generic one.",
    grpcCode: Code.FAILED_PRECONDITION,
  });
}

function required(texts: BundleTexts, name: keyof BundleTexts): string {
  const text = texts[name];
  if (text === undefined) throw partMissing(name);
  return text;
}

function parsed<Value>(text: string, name: string, isFit: (value: unknown) => value is Value, allowed: string): Value {
  let value: unknown;
  try {
    value = parsePythonJson(text);
  } catch (error) {
    throw jsonInvalid(name, (error as Error).message, allowed, error);
  }
  if (isFit(value)) return value;
  throw jsonInvalid(name, text.slice(0, 80), allowed);
}

function jsonInvalid(name: string, got: string, allowed: string, cause?: unknown): SluiceError {
  return new SluiceError(
    {
      reason: "PLAYNANO_JSON_INVALID",
      message: `The bundle has invalid JSON in '${name}'.`,
      field: name,
      got,
      allowed: [allowed],
      remedy: "Export the stack from playNano again, or read the file as a generic one.",
      grpcCode: Code.FAILED_PRECONDITION,
    },
    { cause },
  );
}

function isFrameList(value: unknown): value is FrameRecord[] {
  return Array.isArray(value) && value.every(isJsonObject);
}
