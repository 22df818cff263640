import { arrayNamed, type DatasetHeader, type DataType, isError, problem, type RawOptions } from "@sluice/core";
import { type ArraySpec, ChunkOrder, type Frame, KeptLayers, type Problem, type ProvenanceStep } from "@sluice/proto";
import { frameChunkShape, frameChunks, framesEnd } from "./frame-chunks.ts";
import { type FrameOperation, runFrameProgram } from "./frame-program.ts";
import { addOrigin, addProvenance } from "./history.ts";
import type { ImageItem } from "./image-item.ts";
import {
  freeArrayId,
  type ImageOutline,
  isOutline,
  outlineOf,
  withArray,
  withArrayReplaced,
  withImageStack,
} from "./image-outline.ts";
import { imageItems } from "./image-source.ts";
import type { ImageStep, SequenceWork } from "./image-step.ts";
import { computableTypes, resultType } from "./image-values.ts";
import { type PlaneSize } from "./plane.ts";

/** Steps on an image that run in one pass over its frames; each step sees what the steps before it made. */
export interface ImageChain {
  /** The header after the steps; that of the input while a problem stands against them. */
  readonly header: DatasetHeader;
  readonly problems: readonly Problem[];
  run(frames: AsyncIterable<Frame>, signal: AbortSignal): AsyncIterable<Frame>;
}

/** A step with the parameters that were asked for. */
export interface ImageStepCall {
  readonly step: ImageStep;
  readonly parameters: RawOptions;
}

/** What a chain may know of its surroundings. */
export interface ChainPlace {
  /** Number of the first step, from 1. */
  readonly first: number;
  readonly layers: KeptLayers;
  readonly now: Date;
}

/** Plans steps that follow each other on the image of a dataset; free of side effects. */
export function planImageChain(input: DatasetHeader, calls: readonly ImageStepCall[], place: ChainPlace): ImageChain {
  const planner = new Planner(input, place);
  for (const [index, call] of calls.entries()) planner.add(call, place.first + index);
  return planner.chain();
}

type Stage = (items: AsyncIterable<ImageItem>, signal: AbortSignal) => AsyncIterable<ImageItem>;

class Planner {
  readonly #input: DatasetHeader;
  readonly #layers: KeptLayers;
  readonly #now: Date;
  readonly #problems: Problem[] = [];
  readonly #stages: Stage[] = [];
  readonly #history: ProvenanceStep[] = [];
  #operations: FrameOperation[] = [];
  #source: ArraySpec | undefined;
  #sourceKept = false;
  #outline: ImageOutline | undefined;
  /** Name of the array that the next step reads. */
  #current = "";

  constructor(input: DatasetHeader, { layers, now }: ChainPlace) {
    this.#input = input;
    this.#layers = layers;
    this.#now = now;
    const found = outlineOf(input);
    if (!isOutline(found)) this.#problems.push(found);
    else if (computableTypes.includes(found.image.dataType as DataType)) this.#open(found);
    else this.#problems.push(typeUnsupported(found.image));
  }

  add({ step, parameters }: ImageStepCall, number: number): void {
    const outline = this.#outline;
    if (!outline) return;
    const { name, version } = step.descriptor;
    const key = `step_${number}_${name.slice(name.indexOf(".") + 1)}`;
    const plan = step.plan(outline, parameters, { key });
    this.#problems.push(...plan.problems.map((item) => ({ ...item, field: item.field || key })));
    const { work } = plan;
    if (!work || this.#problems.some(isError)) {
      // Later steps build on this one: what they would say is not known.
      this.#outline = undefined;
      return;
    }
    const input = this.#current;
    let output = "";
    switch (work.kind) {
      case "filter":
        this.#operations.push({ kind: "filter", key, filter: work.filter, moveMask: work.moveMask });
        output = this.#keepImage(outline, key);
        break;
      case "mask":
        this.#operations.push({ kind: "mask", key, mask: work.mask });
        output = this.#keepMask(outline, maskKey(outline.mask, key, number));
        break;
      case "clear":
        this.#operations.push({ kind: "clear" });
        this.#outline = { ...outline, mask: undefined };
        break;
      case "sequence":
        this.#sequence(outline, work.run);
        output = this.#keepImage(withFittingMasks(work.outline), key);
    }
    this.#history.push({
      name,
      software: "sluice",
      softwareVersion: version,
      parameters: { ...plan.parameters },
      time: this.#now,
      input,
      output,
    });
  }

  chain(): ImageChain {
    const outline = this.#outline;
    const source = this.#source;
    if (!outline || !source || this.#problems.some(isError)) {
      return { header: this.#input, problems: this.#problems, run: (frames) => frames };
    }
    this.#closeProgram(outline);
    const stages = this.#stages;
    const kept = this.#sourceKept;
    return {
      header: addOrigin(addProvenance(outline.header, this.#history), outline.image, source),
      problems: this.#problems,
      run: (frames, signal) => {
        const items = stages.reduce<AsyncIterable<ImageItem>>(
          (before, stage) => stage(before, signal),
          imageItems(frames, source, kept),
        );
        return resultFrames(items, outline.image, signal);
      },
    };
  }

  /** The image takes a new array; the one that came becomes the layer "raw", unless there is one, or goes. */
  #open(outline: ImageOutline): void {
    const { header, image: source } = outline;
    const stack = header.dataset.imageStacks[0];
    this.#source = source;
    const keepsRaw =
      this.#layers !== KeptLayers.KEPT_LAYERS_NONE && !stack?.layers.some((layer) => layer.name === "raw");
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
    this.#outline = { ...outline, header: replaced, image };
    this.#current = source.name;
    if (!keepsRaw) return;
    const name = "processed/raw";
    this.#current = name;
    // Numbers that are stored scaled become a layer of quantities, as all layers are; others stay as they are.
    const isScaled = source.valueScale !== undefined || source.valueOffset !== undefined;
    const raw = isScaled ? { ...image, arrayId: freeArrayId(replaced), name } : { ...source, name };
    if (isScaled) this.#operations.push({ kind: "keep", array: raw, what: "image" });
    this.#sourceKept = !isScaled;
    const layers = [...(stack?.layers ?? []), { name: "raw", array: name }];
    this.#outline = { ...outline, image, header: withImageStack(withArray(replaced, raw), { layers }) };
  }

  #keepImage(outline: ImageOutline, key: string): string {
    const name = `processed/${key}`;
    this.#current = name;
    this.#outline = outline;
    if (this.#layers !== KeptLayers.KEPT_LAYERS_ALL) return name;
    const array = { ...outline.image, arrayId: freeArrayId(outline.header), name };
    const layers = [...(outline.header.dataset.imageStacks[0]?.layers ?? []), { name: key, array: name }];
    this.#operations.push({ kind: "keep", array, what: "image" });
    this.#outline = { ...outline, header: withImageStack(withArray(outline.header, array), { layers }) };
    return name;
  }

  #keepMask(outline: ImageOutline, key: string): string {
    const name = `masks/${key}`;
    this.#outline = { ...outline, mask: key };
    if (this.#layers === KeptLayers.KEPT_LAYERS_NONE) return name;
    const spec = { ...outline.image, arrayId: freeArrayId(outline.header), name, dataType: "bool", unit: "" };
    const array = { ...spec, chunkShape: frameChunkShape(spec) };
    const maskArrays = [...(outline.header.dataset.imageStacks[0]?.maskArrays ?? []), name];
    this.#operations.push({ kind: "keep", array, what: "mask" });
    this.#outline = { ...outline, mask: key, header: withImageStack(withArray(outline.header, array), { maskArrays }) };
    return name;
  }

  #sequence(before: ImageOutline, run: SequenceWork): void {
    this.#closeProgram(before);
    this.#stages.push(run);
  }

  /** Operations on single frames that follow each other become one stage. */
  #closeProgram({ height, width }: PlaneSize): void {
    const operations = this.#operations;
    if (operations.length === 0) return;
    this.#operations = [];
    this.#stages.push((items) => runFrameProgram(items, operations, { height, width }));
  }
}

/** playNano's key of masks that were joined: the number of the last, then the names of all. */
function maskKey(active: string | undefined, key: string, number: number): string {
  if (active === undefined) return key;
  const [, earlier = ""] = /^step_\d+_(.*)$/.exec(active) ?? [];
  const [, own = ""] = /^step_\d+_(.*)$/.exec(key) ?? [];
  return `step_${number}_${earlier}_${own}`;
}

/** Masks of another shape than the image's stay arrays of the dataset, but are no masks of the image any more. */
function withFittingMasks(outline: ImageOutline): ImageOutline {
  const maskArrays = outline.header.dataset.imageStacks[0]?.maskArrays ?? [];
  const fitting = maskArrays.filter((name) => {
    const { axes } = arrayNamed(outline.header, name);
    return axes.every((axis, index) => axis.size === outline.image.axes[index]?.size);
  });
  if (fitting.length === maskArrays.length) return outline;
  return { ...outline, header: withImageStack(outline.header, { maskArrays: fitting }) };
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

function typeUnsupported(array: ArraySpec): Problem {
  return problem({
    reason: "DATA_TYPE_UNSUPPORTED",
    message: "Steps compute with real numbers.",
    field: `arrays.${array.name}.data_type`,
    got: array.dataType,
    allowed: computableTypes,
    remedy: "Leave the steps out, or choose another array.",
  });
}
