import type { Annotation } from "./annotation.ts";
import { type Dimensions, placeOf, planeCount, sizeOf } from "./dimensions.ts";
import type { PixelType } from "./pixel-type.ts";
import { element, escapeXml, openTag } from "./xml.ts";

/** What an OME-XML document says of one image, in OME's units. Absent values are left out. */
export interface OmeDocument {
  readonly uuid: string;
  readonly creator: string;
  readonly name: string;
  readonly acquired: Date | undefined;
  readonly dimensions: Dimensions;
  readonly pixel: PixelType;
  readonly sizeMicrometers: Readonly<Record<"x" | "y" | "z", number | undefined>>;
  readonly timeIncrementSeconds: number | undefined;
  /** As many as the c axis is long. */
  readonly channels: readonly OmeChannel[];
  /** Seconds from the beginning of the recording to time point t; undefined when not known. */
  readonly deltaT: ((t: number) => number | undefined) | undefined;
  readonly annotations: readonly Annotation[];
}

export interface OmeChannel {
  readonly name?: string | undefined;
  /** 0xRRGGBBAA. */
  readonly color?: number | undefined;
  readonly excitationNm?: number | undefined;
  readonly emissionNm?: number | undefined;
  readonly acquisitionMode?: string | undefined;
}

const omeNamespace = "http://www.openmicroscopy.org/Schemas/OME/2016-06";
const schemaLocation = `${omeNamespace} ${omeNamespace}/ome.xsd`;

// The comment is what the OME-TIFF specification asks writers to begin with, so that people do not edit the block.
const opening =
  '<?xml version="1.0" encoding="UTF-8"?>' +
  "<!-- Warning: this comment is an OME-XML metadata block, which contains crucial dimensional parameters and other" +
  " important metadata. Please edit cautiously (if at all), and back up the original data before doing so. -->";

/**
 * OME-XML 2016-06 of a file with one image whose planes are its pages in order, piece by piece: a long
 * recording has a Plane element for each frame.
 */
export function* omeXml(document: OmeDocument): Generator<string> {
  const { dimensions, annotations } = document;
  const root = {
    xmlns: omeNamespace,
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": schemaLocation,
    UUID: `urn:uuid:${document.uuid}`,
    Creator: document.creator,
  };
  yield opening + openTag("OME", root) + openTag("Image", { ID: "Image:0", Name: document.name });
  if (document.acquired) yield element("AcquisitionDate", {}, document.acquired.toISOString());
  yield openTag("Pixels", pixelsAttributes(document));
  for (const [index, channel] of document.channels.entries()) yield channelElement(channel, index);
  yield element("TiffData", { IFD: 0, PlaneCount: planeCount(dimensions) });
  yield* planeElements(document);
  yield "</Pixels>";
  for (const index of annotations.keys()) yield element("AnnotationRef", { ID: annotationId(index) });
  yield "</Image>";
  if (annotations.length > 0) yield "<StructuredAnnotations>";
  for (const [index, annotation] of annotations.entries()) yield annotationElement(annotation, annotationId(index));
  if (annotations.length > 0) yield "</StructuredAnnotations>";
  yield "</OME>";
}

function pixelsAttributes(document: OmeDocument) {
  const { dimensions, pixel, sizeMicrometers, timeIncrementSeconds } = document;
  const size = (axis: "X" | "Y" | "Z", value: number | undefined) =>
    value === undefined ? {} : { [`PhysicalSize${axis}`]: value, [`PhysicalSize${axis}Unit`]: "\u00b5m" };
  return {
    ID: "Pixels:0",
    DimensionOrder: dimensions.order,
    Type: pixel.ome,
    SignificantBits: pixel.bits,
    Interleaved: false,
    BigEndian: false,
    SizeX: dimensions.width,
    SizeY: dimensions.height,
    SizeZ: sizeOf(dimensions, "z"),
    SizeC: sizeOf(dimensions, "c"),
    SizeT: sizeOf(dimensions, "t"),
    ...size("X", sizeMicrometers.x),
    ...size("Y", sizeMicrometers.y),
    ...size("Z", sizeMicrometers.z),
    TimeIncrement: timeIncrementSeconds,
    TimeIncrementUnit: timeIncrementSeconds === undefined ? undefined : "s",
  };
}

function channelElement(channel: OmeChannel, index: number): string {
  const { name, color, excitationNm, emissionNm } = channel;
  return element("Channel", {
    ID: `Channel:0:${index}`,
    Name: name,
    SamplesPerPixel: 1,
    AcquisitionMode: channel.acquisitionMode,
    ExcitationWavelength: excitationNm,
    ExcitationWavelengthUnit: excitationNm === undefined ? undefined : "nm",
    EmissionWavelength: emissionNm,
    EmissionWavelengthUnit: emissionNm === undefined ? undefined : "nm",
    Color: color === undefined ? undefined : color | 0,
  });
}

function* planeElements({ dimensions, deltaT }: OmeDocument): Generator<string> {
  if (!deltaT) return;
  for (let plane = 0; plane < planeCount(dimensions); plane++) {
    const { z, t, c } = placeOf(dimensions, plane);
    const seconds = deltaT(t);
    if (seconds === undefined) continue;
    yield element("Plane", { TheZ: z, TheT: t, TheC: c, DeltaT: seconds, DeltaTUnit: "s" });
  }
}

function annotationElement(annotation: Annotation, id: string): string {
  const attributes = { ID: id, Namespace: annotation.namespace };
  if ("comment" in annotation) {
    return element("CommentAnnotation", attributes, element("Value", {}, escapeXml(annotation.comment)));
  }
  const entries = annotation.pairs.map(([key, value]) => element("M", { K: key }, escapeXml(value)));
  return element("MapAnnotation", attributes, element("Value", {}, ...entries));
}

function annotationId(index: number): string {
  return `Annotation:${index}`;
}
