import { describeStep, type OptionSchema, parseOptions, type RawOptions, type StepIdentity } from "@sluice/core";
import { MemoryClass, type Problem, type StepDescriptor } from "@sluice/proto";
import { version } from "../version.ts";
import type { ImageItem } from "./image-item.ts";
import type { ImageOutline } from "./image-outline.ts";
import type { Plane, PlaneSize } from "./plane.ts";

/** A step on the image of a dataset. Steps that follow each other run in one pass. */
export interface ImageStep {
  readonly descriptor: StepDescriptor;
  /** What the step will do to an image of that outline; free of side effects. */
  plan(outline: ImageOutline, parameters: RawOptions, place: StepPlace): StepPlan;
}

/** Where a step stands. */
export interface StepPlace {
  /** Key of its output: "step_2_remove_plane", counted from 1. */
  readonly key: string;
}

/** What a step will do. */
export interface StepPlan {
  /** When one of them is an error there is no work. */
  readonly problems: readonly Problem[];
  /** Checked parameters, defaults included. */
  readonly parameters: RawOptions;
  readonly work?: StepWork;
}

/** The work of a step: on one frame, on its mask alone, on the whole sequence, or on a sequence that was seen whole. */
export type StepWork =
  | { readonly kind: "filter"; readonly filter: FrameFilter; readonly moveMask?: MaskMove | undefined }
  | { readonly kind: "mask"; readonly mask: FrameMask }
  | { readonly kind: "clear" }
  | {
      readonly kind: "sequence";
      /** The image after the step. */
      readonly outline: ImageOutline;
      readonly run: SequenceWork;
      /** Name of the table that the step writes of the image, which it passes on as it is. */
      readonly table?: string | undefined;
    }
  | {
      readonly kind: "measured";
      /** The image after the step, as large as it can become: its size is known when every frame was seen. */
      readonly outline: ImageOutline;
      readonly measure: Measurement;
    };

/** New values of one frame. */
export type FrameFilter = (plane: Plane) => Float64Array;

/** A mask that was made for the frame, where its pixels go. */
export type MaskMove = (mask: Uint8Array) => Uint8Array;

/** New mask of one frame: 1 = feature. */
export type FrameMask = (plane: Plane) => Uint8Array;

/** Image frames in, image frames out; other items are passed on in their place. */
export type SequenceWork = (items: AsyncIterable<ImageItem>, signal: AbortSignal) => AsyncIterable<ImageItem>;

/** Reads the sequence to its end, and tells what the image is after the step, with its frames from the first on. */
export type Measurement = (items: AsyncIterable<ImageItem>, signal: AbortSignal) => Promise<Measured>;

/** An image whose size became known. */
export interface Measured {
  readonly outline: ImageOutline;
  readonly items: AsyncIterable<ImageItem>;
}

interface Definition<Parameters> {
  /** Without the family: "remove_plane". */
  readonly name: string;
  readonly summary: string;
  readonly parameters: OptionSchema<Parameters>;
  /** All complaints that do not need the pixels. */
  check?(outline: ImageOutline, parameters: Parameters): Problem[];
}

export interface FrameFilterDefinition<Parameters> extends Definition<Parameters> {
  /** Called once before the first frame: the place to prepare kernels and bases. */
  filter(parameters: Parameters, size: PlaneSize): FrameFilter;
  /** For filters that move pixels: what becomes of the active mask. Unless given it stays. */
  moveMask?(parameters: Parameters, size: PlaneSize): MaskMove;
}

export interface FrameMaskDefinition<Parameters> extends Definition<Parameters> {
  mask(parameters: Parameters, size: PlaneSize): FrameMask;
}

export interface SequenceDefinition<Parameters> extends Definition<Parameters> {
  readonly memory: Exclude<MemoryClass, MemoryClass.MEMORY_CLASS_UNSPECIFIED>;
  /** The image after the step, and the work. `check` has been passed. */
  plan(outline: ImageOutline, parameters: Parameters, place: StepPlace): Omit<Work<"sequence">, "kind">;
}

export interface MeasuredDefinition<Parameters> extends Definition<Parameters> {
  /** The image after the step, as large as it can become, and the work. `check` has been passed. */
  plan(outline: ImageOutline, parameters: Parameters, place: StepPlace): Omit<Work<"measured">, "kind">;
}

type Work<Kind extends StepWork["kind"]> = Extract<StepWork, { readonly kind: Kind }>;

/** A step that makes a frame of a frame. */
export function defineFrameFilter<Parameters>(definition: FrameFilterDefinition<Parameters>): ImageStep {
  return define(definition, MemoryClass.MEMORY_CLASS_PER_FRAME, (outline, parameters) => ({
    kind: "filter",
    filter: definition.filter(parameters, outline),
    moveMask: definition.moveMask?.(parameters, outline),
  }));
}

/** A step that makes a mask of a frame; it joins the masks that are active. */
export function defineFrameMask<Parameters>(definition: FrameMaskDefinition<Parameters>): ImageStep {
  return define(definition, MemoryClass.MEMORY_CLASS_PER_FRAME, (outline, parameters) => ({
    kind: "mask",
    mask: definition.mask(parameters, outline),
  }));
}

/** A step after which no mask is active. */
export function defineMaskClearing<Parameters>(definition: Definition<Parameters>): ImageStep {
  return define(definition, MemoryClass.MEMORY_CLASS_PER_FRAME, () => ({ kind: "clear" }));
}

/** A step that needs more than one frame: a window, a selection, or two passes. */
export function defineSequenceStep<Parameters>(definition: SequenceDefinition<Parameters>): ImageStep {
  return define(definition, definition.memory, (outline, parameters, place) => ({
    kind: "sequence",
    ...definition.plan(outline, parameters, place),
  }));
}

/** A step that decides on the size of the frames when it has seen them all. */
export function defineMeasuredStep<Parameters>(definition: MeasuredDefinition<Parameters>): ImageStep {
  return define(definition, MemoryClass.MEMORY_CLASS_TWO_PASS, (outline, parameters, place) => ({
    kind: "measured",
    ...definition.plan(outline, parameters, place),
  }));
}

function define<Parameters>(
  definition: Definition<Parameters>,
  memory: MemoryClass,
  work: (outline: ImageOutline, parameters: Parameters, place: StepPlace) => StepWork,
): ImageStep {
  const name = `afm.${definition.name}`;
  const identity: StepIdentity<Parameters> = { ...definition, name, version, memory };
  return {
    descriptor: describeStep(identity),
    plan: (outline, raw, place) => {
      const parsed = parseOptions(definition.parameters, raw, name);
      if (!("options" in parsed)) return { problems: parsed.problems, parameters: raw };
      const parameters = parsed.options as Parameters & RawOptions;
      const problems = definition.check?.(outline, parameters) ?? [];
      if (problems.length > 0) return { problems, parameters };
      return { problems, parameters, work: work(outline, parameters, place) };
    },
  };
}
