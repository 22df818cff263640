import {
  type DatasetHeader,
  type DataType,
  isError,
  problem,
  type RawOptions,
  realTypes,
  SluiceError,
} from "@sluice/core";
import { type ArraySpec, type Frame, KeptLayers, type Problem, type ProvenanceStep } from "@sluice/proto";
import { frameChunkShape } from "./frame-chunks.ts";
import { type FrameOperation, runFrameProgram } from "./frame-program.ts";
import { addOrigin, addProvenance } from "./history.ts";
import type { ImageItem } from "./image-item.ts";
import {
  freeArrayId,
  type ImageOutline,
  isOutline,
  outlineOf,
  withArray,
  withFittingMasks,
  withImageStack,
} from "./image-outline.ts";
import { imageItems } from "./image-source.ts";
import type { ImageStep, Measurement } from "./image-step.ts";
import { openImage } from "./open-image.ts";
import type { PlaneSize } from "./plane.ts";

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

/** The header after the steps, and the image in it. */
export type PlannedImage = Pick<ImageOutline, "header" | "image">;

/** A step whose outcome has a size that is not known yet. */
export interface Pending {
  /** The largest it can have. */
  readonly outline: ImageOutline;
  readonly measure: Measurement;
  settle(outline: ImageOutline): void;
}

export type Stage = (items: AsyncIterable<ImageItem>, signal: AbortSignal) => AsyncIterable<ImageItem>;

/** Follows the header and the image of a dataset through steps, and gathers what is to be done to the frames. */
export class ChainPlanner {
  readonly problems: Problem[] = [];
  readonly #layers: KeptLayers;
  readonly #now: Date;
  #stages: Stage[] = [];
  readonly #history: ProvenanceStep[] = [];
  #operations: FrameOperation[] = [];
  #source: ArraySpec | undefined;
  #sourceKept = false;
  #outline: ImageOutline | undefined;
  /** Name of the array that the next step reads. */
  #current = "";

  constructor(input: DatasetHeader, { layers, now }: ChainPlace) {
    this.#layers = layers;
    this.#now = now;
    const found = outlineOf(input);
    if (!isOutline(found)) this.problems.push(found);
    else if (realTypes.includes(found.image.dataType as DataType)) this.#open(found);
    else this.problems.push(typeUnsupported(found.image));
  }

  add({ step, parameters }: ImageStepCall, number: number): Pending | undefined {
    const outline = this.#outline;
    if (!outline) return undefined;
    const { name, version } = step.descriptor;
    const key = `step_${number}_${name.slice(name.indexOf(".") + 1)}`;
    const plan = step.plan(outline, parameters, { key });
    this.problems.push(...plan.problems.map((item) => ({ ...item, field: item.field || key })));
    const { work } = plan;
    if (!work || this.problems.some(isError)) {
      // Later steps build on this one: what they would say is not known.
      this.#outline = undefined;
      return undefined;
    }
    const input = this.#current;
    const note = (output: string) => {
      this.#history.push({
        name,
        software: "sluice",
        softwareVersion: version,
        parameters: { ...plan.parameters },
        time: this.#now,
        input,
        output,
      });
    };
    switch (work.kind) {
      case "filter":
        this.#operations.push({ kind: "filter", key, filter: work.filter, moveMask: work.moveMask });
        note(this.#keepImage(outline, key));
        return undefined;
      case "mask":
        this.#operations.push({ kind: "mask", key, mask: work.mask });
        note(this.#keepMask(outline, maskKey(outline.mask, key, number)));
        return undefined;
      case "clear":
        this.#operations.push({ kind: "clear" });
        this.#outline = { ...outline, mask: undefined };
        note("");
        return undefined;
      case "sequence":
        this.#closeProgram(outline);
        this.#stages.push(work.run);
        this.#outline = withFittingMasks(work.outline);
        note(work.table ?? this.#keepImage(this.#outline, key));
        return undefined;
      case "measured":
        this.#closeProgram(outline);
        return {
          outline: work.outline,
          measure: work.measure,
          settle: (settled) => note(this.#keepImage(withFittingMasks(settled), key)),
        };
    }
  }

  /** The image frames and all else that the stream holds, as the first step reads them. */
  items(frames: AsyncIterable<Frame>): AsyncIterable<ImageItem> {
    return imageItems(frames, this.#source as ArraySpec, this.#sourceKept);
  }

  /** Throws the first error that stands against the steps. */
  requireClear(): void {
    const fault = this.problems.find(isError);
    if (fault) throw new SluiceError(fault);
  }

  /** The layer of the last step is the image itself: it need not come twice. */
  shareResult(): void {
    const outline = this.#outline;
    if (!outline) return;
    const kept = this.#operations.findLast((item) => item.kind === "keep" && item.array.name === this.#current);
    if (kept?.kind !== "keep") return;
    const { header, image } = outline;
    const layers = (header.dataset.imageStacks[0]?.layers ?? []).map((layer) =>
      layer.array === kept.array.name ? { ...layer, array: image.name } : layer,
    );
    const arrays = header.arrays.filter(({ name }) => name !== kept.array.name);
    this.#operations = this.#operations.filter((item) => item !== kept);
    this.#outline = { ...outline, header: withImageStack({ ...header, arrays }, { layers }) };
  }

  /** What is to be done to the items since the last call. */
  takeStages(): Stage[] {
    if (this.#outline) this.#closeProgram(this.#outline);
    const stages = this.#stages;
    this.#stages = [];
    return stages;
  }

  /** The header after the steps and the image in it; nothing while a problem stands against them. */
  finish(): PlannedImage | undefined {
    const outline = this.#outline;
    if (!outline || !this.#source || this.problems.some(isError)) return undefined;
    const { header, image } = outline;
    return { header: addOrigin(addProvenance(header, this.#history), image, this.#source), image };
  }

  #open(found: ImageOutline): void {
    const { outline, reads, scaledLayer, sourceKept } = openImage(found, this.#layers);
    this.#source = found.image;
    this.#sourceKept = sourceKept;
    this.#outline = outline;
    this.#current = reads;
    if (scaledLayer) this.#operations.push({ kind: "keep", array: scaledLayer, what: "image" });
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

function typeUnsupported(array: ArraySpec): Problem {
  return problem({
    reason: "DATA_TYPE_UNSUPPORTED",
    message: "Steps compute with real numbers.",
    field: `arrays.${array.name}.data_type`,
    got: array.dataType,
    allowed: realTypes,
    remedy: "Leave the steps out, or choose another array.",
  });
}
