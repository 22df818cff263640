import type { DataType } from "@sluice/core";
import type { BundleMetadata } from "./bundle-metadata.ts";

/** An array of a bundle as it stands in the file. */
export interface StoredArray {
  readonly dataType: DataType;
  readonly shape: readonly number[];
}

/** A bundle as it stands in a file. */
export interface StoredBundle {
  /** Name of the file, without folders. */
  readonly fileName: string;
  readonly data: StoredArray;
  /** By key, in the order of the file. */
  readonly processed: ReadonlyMap<string, StoredArray>;
  readonly masks: ReadonlyMap<string, StoredArray>;
  /** Values of `timestamps`; undefined where there are none. */
  readonly timestamps: Float64Array | undefined;
  readonly pixelSizeNm: number;
  readonly channel: string;
  readonly metadata: BundleMetadata;
}

/** Handles in the streams of bundles; layers and masks follow, in the order of the header. */
export const imageArrayId = 1;
export const timestampsArrayId = 2;
/** Times of the layer `raw`, where frames were dropped since. */
export const timestampsBeforeEditArrayId = 3;
export const framesTableId = 1;
