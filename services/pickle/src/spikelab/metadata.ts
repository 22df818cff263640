import type { DatasetHeader } from "@sluice/core";
import { DatasetSpec, Provenance } from "@sluice/proto";
import { fromJson, type PythonValue } from "../python/value.ts";

/** Key of the metadata under which stands what SpikeLab has no place for; with "_" behind it while it is taken. */
const ownKey = "sluice";

/**
 * Metadata of an object: those that SpikeLab has, and under a key of ours the rest that the dataset says, if it does.
 *
 * @param further what belongs to the rest besides
 */
export function metadataOf(
  { dataset }: DatasetHeader,
  metadata: Readonly<Record<string, unknown>>,
  further: Readonly<Record<string, unknown>>,
): PythonValue {
  const { metadata: _, records, provenance, spikeTrains, ...rest } = dataset;
  const others = DatasetSpec.toJSON(DatasetSpec.fromPartial({ ...rest, origins: [] })) as Record<string, unknown>;
  const own = {
    ...others,
    ...(spikeTrains[0]?.samplingRateHz === undefined ? {} : { samplingRateHz: spikeTrains[0].samplingRateHz }),
    ...(records && Object.keys(records).length > 0 ? { records } : {}),
    ...(provenance ? { provenance: Provenance.toJSON(provenance) } : {}),
    ...further,
  };
  let key = ownKey;
  while (Object.hasOwn(metadata, key)) key += "_";
  return fromJson({ ...metadata, ...(Object.keys(own).length === 0 ? {} : { [key]: own }) });
}
