import { ArrayGuard, defaultAssemblyLimits, RowAssembly, SluiceError, wholeFrames } from "@sluice/core";
import type { ArraySpec, Frame, Gap } from "@sluice/proto";
import type { ImageItem } from "./image-item.ts";
import { imageValues } from "./image-values.ts";

/**
 * The frames of a stream, those of the image as values. Holds one frame, and what has come of the next.
 *
 * @param array spec of the image as the stream sends it
 * @param kept true: its chunks go on as they came, too
 */
export async function* imageItems(
  frames: AsyncIterable<Frame>,
  array: ArraySpec,
  kept: boolean,
): AsyncGenerator<ImageItem> {
  const gaps: Gap[] = [];
  const rows = new RowAssembly(new ArrayGuard(array), wholeFrames(array), defaultAssemblyLimits, gaps);
  let ended = false;
  function* take(steps: ReturnType<RowAssembly["chunk"]>): Generator<ImageItem> {
    for (const step of steps) {
      requireNoFilling(gaps);
      if (step.kind !== "block") continue;
      const { offset, data } = step.block;
      yield { kind: "image", index: offset[0] as number, data: imageValues(data, array), mask: undefined };
    }
  }
  for await (const frame of frames) {
    const { content } = frame;
    const mine =
      (content?.$case === "chunk" || content?.$case === "arrayEnd") && content.value.arrayId === array.arrayId;
    if (!mine || kept) yield { kind: "other", frame };
    if (!mine) continue;
    if (content.$case === "chunk") yield* take(rows.chunk(content.value));
    else {
      ended = true;
      yield* take(rows.end(content.value));
    }
  }
  if (!ended) yield* take(rows.end());
}

/** Values that stand for missing ones would go through the steps and come out as if they had been measured. */
function requireNoFilling(gaps: readonly Gap[]): void {
  const filled = gaps.find((gap) => gap.filled);
  if (!filled) return;
  throw new SluiceError({
    reason: "FRAMES_MISSING",
    message: "Frames of the image never came; steps do not compute with values that stand for missing ones.",
    field: `arrays.${filled.array}`,
    got: `${filled.count} missing from index ${filled.first}`,
    remedy: "Export without steps, or send the missing frames.",
  });
}
