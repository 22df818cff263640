import type { DatasetHeader } from "@sluice/core";
import type { OuterAxis } from "../dimensions.ts";
import type { Page } from "./page.ts";

/** One image of a file: its header and where its planes are. */
export interface ImageModel {
  readonly header: DatasetHeader;
  /** Handle of the image array. */
  readonly arrayId: number;
  /** Axes before y and x, slowest first; c counts the samples of a page too. */
  readonly outer: readonly OuterAxis[];
  /** Page that holds each plane, in the order of the array. A page of several samples counts once. */
  readonly pages: ArrayLike<number>;
  /** The first of those pages; all others are like it. */
  readonly first: Page;
  /** The array is a mask, whose pixels the file holds as numbers. */
  readonly isMask: boolean;
  /** Arrays of coordinates with their raw little-endian elements. */
  readonly coordinates: readonly { readonly arrayId: number; readonly bytes: Uint8Array; readonly length: number }[];
}
