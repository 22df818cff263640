import { defaultLookAhead, inOrder } from "@sluice/codec";
import {
  type ArtifactSink,
  Assembly,
  type DatasetStream,
  defineExporter,
  type ExportContext,
  type Exporter,
  type Findings,
  imageEmpty,
  SluiceError,
} from "@sluice/core";
import type { Problem } from "@sluice/proto";
import { Coordinates } from "./coordinates.ts";
import { describe, software } from "./description.ts";
import { planeCount } from "./dimensions.ts";
import { foresee } from "./forecast.ts";
import { constantLosses } from "./losses.ts";
import { omeXml } from "./ome-xml.ts";
import { type OmeTiffOptions, optionSchema } from "./options.ts";
import { Packer } from "./packer.ts";
import { resolutionOf } from "./pixel-size.ts";
import { writableTypes } from "./pixel-type.ts";
import { type ImagePlan, planImage } from "./plan.ts";
import { imageGrid, PlaneReader } from "./planes.ts";
import { playnanoFields } from "./playnano-fields.ts";
import { type Segment, segmentsOf } from "./segments.ts";
import { TiffFile } from "./tiff-file.ts";
import { version } from "./version.ts";

/** Writes an image stack as one OME-TIFF, frame by frame. */
export const omeTiff: Exporter = defineExporter<OmeTiffOptions>({
  format: {
    name: "ome-tiff",
    summary: "OME-TIFF: pixels with size, channels, frame times and provenance, for Fiji, napari, OMERO and Python.",
    version,
    contents: ["image_stacks"],
    dataTypes: [...writableTypes],
    unknownLength: true,
    extensions: [".ome.tif", ".ome.tiff"],
    mediaType: "image/tiff",
  },
  options: optionSchema,
  check: foresee,
  export: exportImage,
});

/** Values of coordinates that are gathered at a time. */
const coordinatesPerBlock = 65_536;

async function exportImage(
  stream: DatasetStream,
  options: OmeTiffOptions,
  sink: ArtifactSink,
  context: ExportContext,
): Promise<Findings> {
  const plan = requirePlan(stream, options);
  const writer = await sink.create(`${context.name}.ome.tif`, "image/tiff");
  const coordinates = new Coordinates();
  const assembly = assemble(stream, plan);
  const planes = new PlaneReader(assembly, plan, coordinates);
  const file = new TiffFile(writer, context.clock, plan.layout.segments, options.bigTiff);
  const packer = new Packer(options, plan.pixel);

  await file.begin();
  const pack = (segment: Segment) => context.clock.time("encode", () => packer.pack(segment));
  const segments = inOrder(segmentsOfAll(planes, plan), defaultLookAhead, pack, context.signal);
  for await (const segment of segments) await file.append(segment);
  requirePlanes(planes.length, plan);

  const description = describe(stream.header, plan, coordinates, planes.length, context.uuid());
  const { compression, predictor, encoding } = packer;
  const style = { layout: plan.layout, pixel: plan.pixel, compression, predictor, resolution: resolutionOf(plan) };
  const texts = {
    description: omeXml(description.document),
    software,
    time: context.now(),
    others: playnanoFields(stream.header, plan, planes.length),
  };
  await file.finish(style, planeCount(description.document.dimensions), texts, encoding);
  const isDropped = (array: string) => description.losses.some(({ field }) => field === `arrays.${array}`);
  return {
    warnings: description.warnings,
    losses: [
      ...(planes.cast?.losses(`arrays.${plan.array.name}`) ?? []),
      ...constantLosses(stream.header, plan),
      ...description.losses,
    ],
    origins: description.origins,
    gaps: assembly.gaps,
    digests: planes.digests().filter((digest) => !isDropped(digest.array)),
  };
}

function requirePlan({ header }: DatasetStream, options: OmeTiffOptions): ImagePlan {
  const outcome = planImage(header, options);
  if ("plan" in outcome) return outcome.plan;
  throw new SluiceError(outcome.problems[0] as Problem);
}

function assemble(stream: DatasetStream, plan: ImagePlan): Assembly {
  const gathered = new Set(plan.coordinates.map((array) => array.arrayId));
  return new Assembly(stream, (array) => {
    if (array.arrayId === plan.array.arrayId) return imageGrid(plan);
    return gathered.has(array.arrayId) ? [coordinatesPerBlock] : undefined;
  });
}

async function* segmentsOfAll(planes: PlaneReader, { layout, storedType }: ImagePlan): AsyncGenerator<Segment> {
  for await (const plane of planes) yield* segmentsOf(plane, layout, storedType);
}

function requirePlanes(length: number, { array }: ImagePlan): void {
  if (length > 0) return;
  throw new SluiceError(imageEmpty(array));
}
