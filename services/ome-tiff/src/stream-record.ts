import { ArraySpec, DatasetSpec, ProvenanceStep } from "@sluice/proto";
import { type Annotation, entriesOf, mapOf, namespaces, toJson } from "./annotation.ts";
import type { SettledImage } from "./settled-image.ts";

/**
 * What the stream said, as annotations: people read provenance, metadata and records in any OME reader, and
 * {@link restoreStream} makes the same stream of them again.
 */
export function streamAnnotations(dataset: DatasetSpec, image: SettledImage): Annotation[] {
  const steps = dataset.provenance?.steps ?? [];
  return [
    ...steps.flatMap((step) => mapOf(namespaces.provenance, ProvenanceStep.toJSON(step) as Record<string, unknown>)),
    ...mapOf(namespaces.metadata, dataset.metadata),
    ...mapOf(namespaces.records, dataset.records),
    { namespace: namespaces.stream, comment: toJson(remainderOf(dataset, image)) },
    ...image.coordinates.flatMap(({ array, bytes }) => {
      const values = Buffer.from(bytes).toString("base64");
      return mapOf(namespaces.coordinates, { array: ArraySpec.toJSON(array), values });
    }),
  ];
}

/** What our annotations say of a stream. */
export interface StreamRecord {
  readonly dataset: DatasetSpec;
  readonly image: ArraySpec;
  /** Arrays of coordinates with their raw little-endian elements. */
  readonly coordinates: readonly { readonly array: ArraySpec; readonly bytes: Uint8Array }[];
}

/** Restores what {@link streamAnnotations} wrote; undefined when the file has none of ours. */
export function restoreStream(annotations: readonly Annotation[]): StreamRecord | undefined {
  const mapsOf = (namespace: string) =>
    annotations.flatMap((item) => (item.namespace === namespace && "pairs" in item ? [entriesOf(item.pairs)] : []));
  const remainder = annotations.find((item) => item.namespace === namespaces.stream);
  if (!remainder || !("comment" in remainder)) return undefined;
  const { dataset: datasetJson, array } = JSON.parse(remainder.comment) as { dataset: unknown; array: unknown };
  const dataset = DatasetSpec.fromJSON(datasetJson);
  dataset.metadata = mapsOf(namespaces.metadata)[0];
  dataset.records = mapsOf(namespaces.records)[0];
  if (dataset.provenance) {
    dataset.provenance.steps = mapsOf(namespaces.provenance).map((step) => ProvenanceStep.fromJSON(step));
  }
  const coordinates = mapsOf(namespaces.coordinates).map((entries) => ({
    array: ArraySpec.fromJSON(entries["array"]),
    bytes: new Uint8Array(Buffer.from(String(entries["values"]), "base64")),
  }));
  return { dataset, image: ArraySpec.fromJSON(array), coordinates };
}

/** The header without what has annotations of its own and without what the file does not hold. */
function remainderOf(dataset: DatasetSpec, { array, stack }: SettledImage) {
  const kept: DatasetSpec = {
    ...dataset,
    imageStacks: [stack],
    spikeTrains: [],
    segmentations: [],
    responses: [],
    kymographs: [],
    metadata: undefined,
    records: undefined,
    provenance: dataset.provenance && { ...dataset.provenance, steps: [] },
  };
  return { dataset: DatasetSpec.toJSON(kept), array: ArraySpec.toJSON(array) };
}
