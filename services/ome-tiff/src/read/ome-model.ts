import type { FieldOrigin, ImageChannel } from "@sluice/proto";
import { entriesOf } from "../annotation.ts";
import type { ImageModel } from "./image-model.ts";
import { type KnownAxis, modelOf, origin, outerAxes } from "./known-image.ts";
import type { Attributes, OmeContent, OmeImage } from "./ome-image.ts";
import { timesOf } from "./ome-times.ts";
import type { Page } from "./page.ts";
import type { PlaneGrid } from "./plane-map.ts";
import { corrupt } from "./tiff-error.ts";

/** Sizes of an OME image, counted in pages. A page of several samples holds as many of its SizeC channels. */
export function planeGridOf({ pixels }: OmeImage, samples: number): PlaneGrid {
  const order = /^XY([ZCT]{3})$/.exec(pixels["DimensionOrder"] ?? "")?.[1];
  if (!order || new Set(order).size !== 3) throw invalid("DimensionOrder", pixels);
  const [t, c, z] = (["SizeT", "SizeC", "SizeZ"] as const).map((name) => sizeOf(pixels, name));
  if (!t || !c || !z || c % samples !== 0) throw invalid("SizeC", pixels);
  return { order, sizes: { t, c: c / samples, z } };
}

/** The header of an OME-TIFF that other software wrote. */
export function omeModel(
  path: string,
  content: OmeContent,
  image: OmeImage,
  first: Page,
  grid: PlaneGrid,
  pages: Int32Array,
): ImageModel {
  const { pixels } = image;
  for (const [name, size] of [["SizeX", first.width] as const, ["SizeY", first.height] as const]) {
    if (sizeOf(pixels, name) !== size) throw invalid(name, pixels);
  }
  const times = timesOf(image, grid.sizes.t);
  const axes = [
    ...outerAxes(grid, first.samples).map((axis) => ({
      ...axis,
      ...(axis.name === "t" ? times.axis : {}),
      ...(axis.name === "z" ? lengthOf(pixels, "Z") : {}),
    })),
    { name: "y" as const, size: first.height, ...lengthOf(pixels, "Y") },
    { name: "x" as const, size: first.width, ...lengthOf(pixels, "X") },
  ];
  const acquired = dateOf(image.acquisitionDate);
  const known = {
    name: image.name,
    axes,
    channels: image.channels.flatMap((channel) => channelOf(channel, first.samples)),
    frameSeconds: times.frameSeconds,
    acquired,
    records: annotationRecords(content),
    origins: [
      ...axes.filter(({ name }) => name !== "c" && name !== "t").map((axis) => sizeOrigin(axis)),
      times.origin,
      origin(
        "image.channels",
        image.channels.some((channel) => channel["Name"] !== undefined),
        "Channel/@Name",
      ),
      origin("provenance.acquired_time", acquired !== undefined, "AcquisitionDate; UTC where it names no zone"),
    ],
  };
  return modelOf(path, known, first, pages);
}

/** UDUNITS-2 names of the units of length that OME-XML spells as symbols. */
const lengthUnits: Readonly<Record<string, string>> = {
  m: "meter",
  cm: "centimeter",
  mm: "millimeter",
  "\u00b5m": "micrometer",
  "\u03bcm": "micrometer",
  um: "micrometer",
  nm: "nanometer",
  pm: "picometer",
  "\u00c5": "angstrom",
};

function lengthOf(pixels: Attributes, axis: "X" | "Y" | "Z"): Pick<KnownAxis, "unit" | "scale"> {
  const scale = Number(pixels[`PhysicalSize${axis}`]);
  const unit = lengthUnits[pixels[`PhysicalSize${axis}Unit`] ?? "\u00b5m"];
  return scale > 0 && Number.isFinite(scale) && unit !== undefined ? { unit, scale } : {};
}

function sizeOrigin({ name, scale }: KnownAxis): FieldOrigin {
  return origin(`image.pixel_size.${name}`, scale !== undefined, "Pixels/@PhysicalSize");
}

/** One for each sample that a page of the channel holds; the color is OME's signed RGBA. */
function channelOf(channel: Attributes, samples: number): Partial<ImageChannel>[] {
  const color = channel["Color"];
  const one = {
    name: channel["Name"] ?? "",
    color: color !== undefined && /^-?\d+$/.test(color) ? Number(color) >>> 0 : undefined,
    emissionNm: wavelengthOf(channel, "Emission"),
    excitationNm: wavelengthOf(channel, "Excitation"),
  };
  return Array.from({ length: samples }, () => one);
}

function wavelengthOf(channel: Attributes, kind: "Emission" | "Excitation"): number | undefined {
  const value = Number(channel[`${kind}Wavelength`]);
  const unit = channel[`${kind}WavelengthUnit`] ?? "nm";
  return value > 0 && unit === "nm" ? value : undefined;
}

/** A time without a zone is taken as UTC. */
function dateOf(text: string): Date | undefined {
  if (text === "") return undefined;
  const date = new Date(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Annotations of other software, kept as a record. */
function annotationRecords({ annotations, creator }: OmeContent): Record<string, unknown> | undefined {
  const items = annotations.map((item) => ({
    namespace: item.namespace,
    ...("pairs" in item ? { entries: entriesOf(item.pairs) } : { comment: item.comment }),
  }));
  const records = { ...(creator ? { ome_creator: creator } : {}), ...(items.length ? { ome_annotations: items } : {}) };
  return Object.keys(records).length > 0 ? records : undefined;
}

function sizeOf(pixels: Attributes, name: string): number | undefined {
  const text = pixels[name] ?? "";
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

function invalid(name: string, pixels: Attributes) {
  return corrupt({
    reason: "OME_XML_INVALID",
    message: "The OME-XML does not fit the pixels of the file.",
    field: `ImageDescription, Pixels/@${name}`,
    got: JSON.stringify(pixels[name] ?? ""),
  });
}
