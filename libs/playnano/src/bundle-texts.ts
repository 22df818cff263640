import type { DatasetHeader } from "@sluice/core";
import type { Bundle } from "./bundle.ts";
import type { FrameMetadata } from "./frame-metadata.ts";
import { toAsciiJson } from "./json.ts";
import { bundleProvenance, bundleStateBackups, metadataBeforeEdit } from "./provenance.ts";

/** What a bundle holds beside its movies, when all of them have come. */
export interface TimesAndTexts {
  /** Of the frames of the data, NaN where none is known. */
  readonly seconds: Float64Array;
  /** JSON by the name of its part, ASCII; `state_backups_json` only where there is something. */
  readonly texts: Readonly<Record<string, string>>;
}

/**
 * Times and texts of a bundle. Data that no step has touched have the metadata from before the first edit, where these
 * were kept: frames that were dropped later are back (`sluice export --raw`).
 *
 * @param before what is known of the frames of the layer `raw`, where frames were dropped since
 */
export function bundleTexts(
  header: DatasetHeader,
  bundle: Bundle,
  shapes: ReadonlyMap<string, readonly number[]>,
  frames: FrameMetadata,
  before: FrameMetadata | undefined,
): TimesAndTexts {
  const count = shapes.get(bundle.data.image.name)?.[0] ?? 0;
  const isRaw = bundle.processed.length === 0 && bundle.masks.length === 0 && bundle.data.table === undefined;
  const kept = isRaw ? metadataBeforeEdit(header) : undefined;
  const records = kept?.length === count ? kept : frames.records(count);
  const rawShape = bundle.beforeEdit && shapes.get(bundle.beforeEdit.image.name);
  const backups = bundleStateBackups(header, before?.records(rawShape?.[0] ?? 0));
  const frameColumns = frames.otherColumns(count);
  return {
    seconds: Float64Array.from(records, ({ timestamp }) => (typeof timestamp === "number" ? timestamp : Number.NaN)),
    texts: {
      frame_metadata_json: toAsciiJson(records),
      provenance_json: toAsciiJson(bundleProvenance(header, bundle, { shapes, frameColumns })),
      ...(backups ? { state_backups_json: toAsciiJson(backups) } : {}),
    },
  };
}
