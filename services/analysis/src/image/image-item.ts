import type { Frame } from "@sluice/proto";

/** A frame of the image on its way through the steps, with the mask that is active for it. */
export interface ImageFrame {
  readonly kind: "image";
  /** Index on axis 0 of the image as it stands. */
  readonly index: number;
  readonly data: Float64Array;
  readonly mask: Uint8Array | undefined;
}

/** Anything else of the stream, layers and masks that earlier steps gave included. */
export interface OtherFrame {
  readonly kind: "other";
  readonly frame: Frame;
}

/** What flows from step to step. Image frames come in ascending order; the image ends with the iteration. */
export type ImageItem = ImageFrame | OtherFrame;
