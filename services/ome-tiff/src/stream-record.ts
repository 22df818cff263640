import type { DatasetHeader } from "@sluice/core";
import { ArraySpec, DatasetSpec, ProvenanceStep } from "@sluice/proto";
import { type Annotation, entriesOf, mapOf, namespaces, toJson } from "./annotation.ts";
import type { Coordinates } from "./coordinates.ts";
import type { ImagePlan } from "./plan.ts";

/**
 * What the stream said, as annotations: people read provenance, metadata and records in any OME reader, and
 * {@link restoreStream} makes the same stream of them again. References to what the file does not hold are left out.
 *
 * @param length final length of axis 0
 */
export function streamAnnotations(
  header: DatasetHeader,
  plan: ImagePlan,
  coordinates: Coordinates,
  length: number,
): Annotation[] {
  const { dataset } = header;
  const steps = dataset.provenance?.steps ?? [];
  return [
    ...steps.flatMap((step) => mapOf(namespaces.provenance, ProvenanceStep.toJSON(step) as Record<string, unknown>)),
    ...mapOf(namespaces.metadata, dataset.metadata),
    ...mapOf(namespaces.records, dataset.records),
    { namespace: namespaces.stream, comment: toJson(remainderOf(dataset, plan, length)) },
    ...plan.coordinates.flatMap((array) => {
      const values = Buffer.from(coordinates.bytesOf(array)).toString("base64");
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
function remainderOf(dataset: DatasetSpec, plan: ImagePlan, length: number) {
  const { array, stack, storedType } = plan;
  const kept: DatasetSpec = {
    ...dataset,
    imageStacks: [
      {
        lineRateHz: undefined,
        channels: [],
        imagingPlane: undefined,
        modality: "",
        ...stack,
        imageArray: array.name,
        layers: [],
        maskArrays: [],
        framesTable: "",
      },
    ],
    spikeTrains: [],
    segmentations: [],
    responses: [],
    kymographs: [],
    metadata: undefined,
    records: undefined,
    provenance: dataset.provenance && { ...dataset.provenance, steps: [] },
  };
  const axes = array.axes.map((axis, index) => (index === 0 ? { ...axis, size: length } : axis));
  const image = { ...array, axes, dataType: storedType, fillValue: plan.castTo ? undefined : array.fillValue };
  return { dataset: DatasetSpec.toJSON(kept), array: ArraySpec.toJSON(image) };
}
