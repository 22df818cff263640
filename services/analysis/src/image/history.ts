import type { DatasetHeader } from "@sluice/core";
import { type ArraySpec, Origin, type ProvenanceStep } from "@sluice/proto";
import { version } from "../version.ts";

/** The header with steps added to its history, and with the surroundings they ran in. */
export function addProvenance(header: DatasetHeader, steps: readonly ProvenanceStep[]): DatasetHeader {
  const before = header.dataset.provenance;
  const provenance = {
    source: before?.source ?? "",
    acquiredTime: before?.acquiredTime,
    steps: [...(before?.steps ?? []), ...steps],
    environment: {
      ...before?.environment,
      sluice: version,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
    },
  };
  return { ...header, dataset: { ...header.dataset, provenance } };
}

/** The header with a word on where the values of the result come from. */
export function addOrigin(header: DatasetHeader, image: ArraySpec, source: ArraySpec): DatasetHeader {
  const detail = `computed in float64 from ${source.dataType}, rounded once to ${image.dataType}`;
  const field = `arrays.${image.name}.data_type`;
  const origins = header.dataset.origins.filter((origin) => origin.field !== field);
  const entry = { field, origin: Origin.ORIGIN_DERIVED, detail };
  return { ...header, dataset: { ...header.dataset, origins: [...origins, entry] } };
}
