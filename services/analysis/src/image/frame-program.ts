import { SluiceError } from "@sluice/core";
import type { ArraySpec, Frame } from "@sluice/proto";
import { frameChunks, framesEnd } from "./frame-chunks.ts";
import type { ImageFrame, ImageItem } from "./image-item.ts";
import type { FrameFilter, FrameMask, MaskMove } from "./image-step.ts";
import type { PlaneSize } from "./plane.ts";

/** One operation on each frame by itself. */
export type FrameOperation =
  | {
      readonly kind: "filter";
      readonly key: string;
      readonly filter: FrameFilter;
      readonly moveMask: MaskMove | undefined;
    }
  | { readonly kind: "mask"; readonly key: string; readonly mask: FrameMask }
  | { readonly kind: "clear" }
  /** Gives the frame, or its mask, out as a frame of this array as well. */
  | { readonly kind: "keep"; readonly array: ArraySpec; readonly what: "image" | "mask" };

/** Runs operations on every image frame; what they keep goes out in front of it. */
export async function* runFrameProgram(
  items: AsyncIterable<ImageItem>,
  operations: readonly FrameOperation[],
  size: PlaneSize,
): AsyncGenerator<ImageItem> {
  let frames = 0;
  for await (const item of items) {
    if (item.kind === "other") {
      yield item;
      continue;
    }
    const { image, kept } = operate(item, operations, size);
    for (const frame of kept) yield { kind: "other", frame };
    yield image;
    frames = item.index + 1;
  }
  for (const operation of operations) {
    if (operation.kind === "keep") yield { kind: "other", frame: framesEnd(operation.array, frames) };
  }
}

function operate(
  { index, ...start }: ImageFrame,
  operations: readonly FrameOperation[],
  { height, width }: PlaneSize,
): { image: ImageFrame; kept: Frame[] } {
  let { data, mask } = start;
  const kept: Frame[] = [];
  for (const operation of operations) {
    switch (operation.kind) {
      case "filter":
        data = naming(operation.key, index, () => operation.filter({ height, width, data, mask }));
        mask = mask && (operation.moveMask?.(mask) ?? mask);
        break;
      case "mask":
        mask = either(
          mask,
          naming(operation.key, index, () => operation.mask({ height, width, data, mask })),
        );
        break;
      case "clear":
        mask = undefined;
        break;
      case "keep":
        kept.push(...frameChunks(operation.array, index, operation.what === "image" ? data : (mask as Uint8Array)));
    }
  }
  return { image: { kind: "image", index, data, mask }, kept };
}

function either(one: Uint8Array | undefined, other: Uint8Array): Uint8Array {
  return one ? other.map((value, index) => value | (one[index] as number)) : other;
}

function naming<Result>(key: string, index: number, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    throw new SluiceError({ ...error.problem, field: `${key}, frame ${index}` }, { cause: error });
  }
}
