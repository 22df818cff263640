import type { DataType } from "@sluice/core";
import { type ArraySpec, ChunkOrder, KeptLayers } from "@sluice/proto";
import { frameChunkShape } from "./frame-chunks.ts";
import { freeArrayId, type ImageOutline, withArray, withArrayReplaced, withImageStack } from "./image-outline.ts";
import { resultType } from "./image-values.ts";

/** The image that steps will make, and what becomes of the one that came. */
export interface OpenedImage {
  readonly outline: ImageOutline;
  /** Name of the array that the first step reads. */
  readonly reads: string;
  /** The layer of the data that came, where its numbers are stored scaled: as quantities, as all layers are. */
  readonly scaledLayer: ArraySpec | undefined;
  /** True where the array that came is that layer as it is. */
  readonly sourceKept: boolean;
}

/**
 * Gives the image a new array; the one that came becomes the layer "raw", unless there is one, or the layer that it has
 * been so far, or goes.
 */
export function openImage(outline: ImageOutline, layers: KeptLayers): OpenedImage {
  const { header, image: source } = outline;
  const earlier = header.dataset.imageStacks[0]?.layers ?? [];
  const keepsRaw = layers !== KeptLayers.KEPT_LAYERS_NONE && !earlier.some((layer) => layer.name === "raw");
  const kept = keepsRaw ? "raw" : earlier.find((layer) => layer.array === source.name)?.name;
  const dataType = resultType(source.dataType as DataType);
  const image: ArraySpec = {
    ...source,
    arrayId: freeArrayId(header),
    dataType,
    chunkShape: frameChunkShape({ axes: source.axes, dataType }),
    order: ChunkOrder.CHUNK_ORDER_ROW_MAJOR,
    fillValue: undefined,
    valueScale: undefined,
    valueOffset: undefined,
  };
  const replaced = withArrayReplaced(header, source.arrayId, image);
  if (kept === undefined) {
    const opened = { ...outline, header: replaced, image };
    return { outline: opened, reads: source.name, scaledLayer: undefined, sourceKept: false };
  }
  const name = `processed/${kept}`;
  const isScaled = source.valueScale !== undefined || source.valueOffset !== undefined;
  const raw = isScaled ? { ...image, arrayId: freeArrayId(replaced), name } : { ...source, name };
  const all = [
    ...earlier.map((layer) => (layer.array === source.name ? { ...layer, array: name } : layer)),
    ...(keepsRaw ? [{ name: "raw", array: name }] : []),
  ];
  return {
    outline: { ...outline, image, header: withImageStack(withArray(replaced, raw), { layers: all }) },
    reads: name,
    scaledLayer: isScaled ? raw : undefined,
    sourceKept: !isScaled,
  };
}
