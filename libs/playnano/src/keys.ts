import { isJsonObject, type JsonObject } from "./json.ts";

/** Folders of a dataset's arrays that hold the layers and the masks of a bundle. */
export const layerFolder = "processed/";
export const maskFolder = "masks/";

/** Layer of the data before the first step. */
export const rawKey = "raw";

/** Where the dataset keeps the texts of a bundle that have no other place in it. */
export const provenanceRecord = "playnano.provenance";
export const stateBackupsRecord = "playnano.state_backups";

/** Key of a bundle's `acquisition` under which Sluice keeps what the bundle has no other place for. */
export const acquisitionKey = "sluice";

/** Kind of a step, as playNano names them; "analysis" is ours: playNano has its own list for those. */
export type StepType = "clear" | "mask" | "filter" | "video_filter" | "stack_edit" | "analysis";

const videoFilters: ReadonlySet<string> = new Set([
  "align_frames",
  "rolling_frame_align",
  "intersection_crop",
  "crop_square",
  "replace_nan",
  "temporal_median_filter",
  "temporal_mean_filter",
]);

const stackEdits: ReadonlySet<string> = new Set([
  "drop_frames",
  "drop_frame_range",
  "select_frames",
  "drop_final_frames",
]);

const analyses: ReadonlySet<string> = new Set([
  "count_nonzero",
  "feature_detection",
  "log_blob_detection",
  "particle_tracking",
  "dbscan",
  "k_means",
  "x_means",
]);

/** Name of a step in playNano: "afm.remove_plane" is "remove_plane" there, "afm.clear_mask" is "clear". */
export function playnanoStepName(name: string): string {
  if (name === "afm.clear_mask") return "clear";
  return name.startsWith("afm.") ? name.slice("afm.".length) : name;
}

/** Kind of the step of that name (playNano's name). */
export function stepTypeOf(name: string): StepType {
  if (name === "clear") return "clear";
  if (name.startsWith("mask_")) return "mask";
  if (videoFilters.has(name)) return "video_filter";
  if (analyses.has(name)) return "analysis";
  return stackEdits.has(name) ? "stack_edit" : "filter";
}

/** Object that a dataset's record holds; undefined where there is none. */
export function recordedObject(records: JsonObject | undefined, name: string): JsonObject | undefined {
  const value = records?.[name];
  return isJsonObject(value) ? value : undefined;
}
