import { arrayNamed, SluiceError } from "@sluice/core";
import type { ArraySpec, Frame } from "@sluice/proto";
import type { ImageOutline } from "./image-outline.ts";
import { imageValues } from "./image-values.ts";

/** Times of the frames, gathered while the stream goes by. Holds 8 bytes for each frame whose time is recorded. */
export class FrameTimes {
  /** Unit of the times; empty where the frames are merely counted. */
  readonly unit: string;
  readonly #array: ArraySpec | undefined;
  readonly #timeOf: (frame: number) => number | undefined;
  readonly #recorded: number[] = [];

  constructor({ header, image }: ImageOutline) {
    const [axis] = image.axes;
    this.#array = axis?.coordinatesArray ? arrayNamed(header, axis.coordinatesArray) : undefined;
    const { scale, origin = 0 } = axis ?? {};
    this.unit = this.#array?.unit || (this.#array || scale !== undefined ? (axis?.unit ?? "") : "");
    if (this.#array) this.#timeOf = (frame) => this.#recorded[frame];
    else this.#timeOf = (frame) => (scale === undefined ? frame : origin + scale * frame);
  }

  /** Takes a frame of the stream; keeps it when it holds times. */
  see({ content }: Frame): void {
    if (!this.#array || content?.$case !== "chunk" || content.value.arrayId !== this.#array.arrayId) return;
    const { offset, data } = content.value;
    for (const [index, value] of imageValues(data, this.#array).entries()) {
      this.#recorded[(offset[0] ?? 0) + index] = value;
    }
  }

  /** Time of a frame; its number where no times are known. @throws SluiceError FRAME_TIME_MISSING */
  of(frame: number): number {
    const time = this.#timeOf(frame);
    if (time !== undefined && Number.isFinite(time)) return time;
    throw new SluiceError({
      reason: "FRAME_TIME_MISSING",
      message: "Features are clustered by their times, and the time of a frame is not known.",
      field: `frame ${frame}`,
      got: String(time),
      remedy: "Cluster without times: use_time=false.",
    });
  }
}
