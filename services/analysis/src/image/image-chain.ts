import type { DatasetHeader, DatasetStream } from "@sluice/core";
import type { ArraySpec, Frame, Problem } from "@sluice/proto";
import { type ChainPlace, ChainPlanner, type ImageStepCall, type PlannedImage } from "./chain-planner.ts";
import { frameChunks, framesEnd } from "./frame-chunks.ts";
import type { ImageItem } from "./image-item.ts";

/** Steps on an image that run in one pass over its frames; each step sees what the steps before it made. */
export interface ImageChain {
  /** The header after the steps; that of the input while a problem stands against them. */
  readonly header: DatasetHeader;
  readonly problems: readonly Problem[];
  /** The stream after the steps; reads frames before it resolves where a step decides on sizes by them. */
  run(stream: DatasetStream, signal: AbortSignal): Promise<DatasetStream>;
}

/** Plans steps that follow each other on the image of a dataset; free of side effects. */
export function planImageChain(input: DatasetHeader, calls: readonly ImageStepCall[], place: ChainPlace): ImageChain {
  const planner = new ChainPlanner(input, place);
  for (const [index, call] of calls.entries()) {
    const pending = planner.add(call, place.first + index);
    pending?.settle(pending.outline);
  }
  planner.shareResult();
  const { problems } = planner;
  return {
    header: planner.finish()?.header ?? input,
    problems,
    run: (stream, signal) => runImageChain(stream, calls, place, signal),
  };
}

/** Plans the steps once more, now with sizes that become known on the way. */
async function runImageChain(
  input: DatasetStream,
  calls: readonly ImageStepCall[],
  place: ChainPlace,
  signal: AbortSignal,
): Promise<DatasetStream> {
  const planner = new ChainPlanner(input.header, place);
  planner.requireClear();
  let items = planner.items(input.frames);
  const advance = () => {
    for (const stage of planner.takeStages()) items = stage(items, signal);
  };
  for (const [index, call] of calls.entries()) {
    const pending = planner.add(call, place.first + index);
    planner.requireClear();
    if (!pending) continue;
    advance();
    const measured = await pending.measure(items, signal);
    items = measured.items;
    pending.settle(measured.outline);
  }
  planner.shareResult();
  advance();
  const outcome = planner.finish() as PlannedImage;
  return { ...input, header: outcome.header, frames: resultFrames(items, outcome.image, signal) };
}

async function* resultFrames(
  items: AsyncIterable<ImageItem>,
  image: ArraySpec,
  signal: AbortSignal,
): AsyncGenerator<Frame> {
  let frames = 0;
  for await (const item of items) {
    signal.throwIfAborted();
    if (item.kind === "other") yield item.frame;
    else {
      yield* frameChunks(image, item.index, item.data);
      frames = item.index + 1;
    }
  }
  yield framesEnd(image, frames);
}
