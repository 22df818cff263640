import type { DatasetHeader } from "@sluice/core";
import { ArraySpec, DatasetSpec, Provenance } from "@sluice/proto";
import type { TableValues } from "@sluice/spikes";
import { fromCell, fromJson, type PythonValue } from "../python/value.ts";
import type { SpikelabPlan } from "./plan.ts";

/** Key of the metadata under which stands what SpikeLab has no place for; with "_" behind it while it is taken. */
const ownKey = "sluice";

/** Attributes of each neuron: a dict of the cells of its row; what has no value is left out. None without a table. */
export function neuronAttributes(units: TableValues | undefined): PythonValue {
  if (!units) return null;
  return Array.from({ length: units.rows }, (_, row) =>
    Object.fromEntries(
      units.columns
        .filter(({ cells }) => cells[row] !== null)
        .map(({ spec, cells }) => [spec.name, fromCell(cells[row] ?? null, spec)]),
    ),
  );
}

/** Metadata of the recording: those of the dataset, and under a key of ours the rest that the dataset says, if it does. */
export function metadataOf({ dataset }: DatasetHeader, { raw }: SpikelabPlan): PythonValue {
  const { metadata, records, provenance, spikeTrains, ...rest } = dataset;
  const others = DatasetSpec.toJSON(DatasetSpec.fromPartial({ ...rest, origins: [] })) as Record<string, unknown>;
  const own = {
    ...others,
    ...(spikeTrains[0]?.samplingRateHz === undefined ? {} : { samplingRateHz: spikeTrains[0].samplingRateHz }),
    ...(records && Object.keys(records).length > 0 ? { records } : {}),
    ...(provenance ? { provenance: Provenance.toJSON(provenance) } : {}),
    ...(raw ? { rawArray: ArraySpec.toJSON(raw.array) } : {}),
  };
  let key = ownKey;
  while (Object.hasOwn(metadata ?? {}, key)) key += "_";
  return fromJson({ ...metadata, ...(Object.keys(own).length === 0 ? {} : { [key]: own }) });
}
