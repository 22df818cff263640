import { type Assembly, type Block, Cast, Code, FrameDigests, SluiceError } from "@sluice/core";
import type { ArrayDigest } from "@sluice/proto";
import type { Coordinates } from "./coordinates.ts";
import { planesPerRow } from "./dimensions.ts";
import type { ImagePlan } from "./plan.ts";
import type { Plane } from "./segments.ts";

/** The grid that the image is assembled on: planes. They come in the array's order, however the chunks did. */
export function imageGrid({ dimensions }: ImagePlan): number[] {
  return [...dimensions.outer.map(() => 1), dimensions.height, dimensions.width];
}

/** The planes of the image in the array's order, and everything else that came with them. */
export class PlaneReader implements AsyncIterable<Plane> {
  /** Length of axis 0; known once the iteration is over. */
  length = 0;
  readonly cast: Cast | undefined;
  readonly #assembly: Assembly;
  readonly #plan: ImagePlan;
  readonly #coordinates: Coordinates;
  readonly #castDigests: FrameDigests;
  #planes = 0;

  constructor(assembly: Assembly, plan: ImagePlan, coordinates: Coordinates) {
    this.#assembly = assembly;
    this.#plan = plan;
    this.#coordinates = coordinates;
    this.cast = plan.castTo && new Cast(plan.dataType, plan.castTo);
    this.#castDigests = new FrameDigests(this.#rowBytes);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Plane, void, undefined> {
    const { arrayId } = this.#plan.array;
    for await (const item of this.#assembly) {
      if (item.kind === "block" && item.block.array.arrayId === arrayId) yield this.#plane(item.block);
      else if (item.kind === "block") this.#coordinates.take(item.block);
      else if (item.kind === "end" && item.array.arrayId === arrayId) this.length = item.shape[0] as number;
    }
  }

  /** Digests of the arrays in the file, the image as it is stored: after a cast. */
  digests(): ArrayDigest[] {
    const { array, storedType } = this.#plan;
    return this.#assembly.digests.map((digest) =>
      this.cast && digest.array === array.name
        ? this.#castDigests.finish(array.name, storedType, digest.shape)
        : digest,
    );
  }

  get #rowBytes(): number {
    const { dimensions, layout } = this.#plan;
    return dimensions.outer.length > 0
      ? planesPerRow(dimensions) * layout.planeBytes
      : layout.planeBytes / dimensions.height;
  }

  #plane(block: Block): Plane {
    this.#requireAllRows(block);
    const bytes = this.cast ? this.cast.apply(block.data) : block.data;
    if (this.cast) this.#castDigests.update(bytes);
    return { index: this.#planes++, bytes };
  }

  #requireAllRows({ shape }: Block): void {
    const { array, dimensions } = this.#plan;
    const rows = shape.at(-2);
    if (rows === dimensions.height) return;
    throw new SluiceError({
      reason: "IMAGE_INCOMPLETE",
      message: "The image ended before its last row.",
      field: `arrays.${array.name}`,
      got: `${rows} rows`,
      allowed: [`${dimensions.height} rows`],
      remedy: "Send all rows, or give the array a fill value.",
      grpcCode: Code.DATA_LOSS,
    });
  }
}
