import type { ImageFileDirectory } from "geotiff";
import type { ImageModel } from "./image-model.ts";
import { parseImageJ } from "./imagej.ts";
import { type KnownAxis, modelOf, origin, outerAxes } from "./known-image.ts";
import type { Page } from "./page.ts";
import type { PlaneGrid } from "./plane-map.ts";
import { unsupported } from "./tiff-error.ts";

/** What a plain TIFF tells: nothing, or what ImageJ wrote into its description. */
export interface PlainHints {
  readonly grid: PlaneGrid;
  readonly frameSeconds: number | undefined;
  readonly pixel: { readonly unit: string; readonly x: number; readonly y: number } | undefined;
  readonly zStep: number | undefined;
}

/** The header of a TIFF without OME-XML: pages along t, unless ImageJ says otherwise. */
export async function plainModel(
  path: string,
  description: string,
  directory: ImageFileDirectory,
  first: Page,
  pages: number,
): Promise<ImageModel> {
  const { grid, frameSeconds, pixel, zStep } = await hintsOf(description, directory, pages);
  const axes: KnownAxis[] = [
    ...outerAxes(grid, first.samples).map((axis) => ({
      ...axis,
      ...(axis.name === "t" && frameSeconds ? { unit: "second", scale: frameSeconds } : {}),
      ...(axis.name === "z" && pixel && zStep ? { unit: pixel.unit, scale: zStep } : {}),
    })),
    { name: "y", size: first.height, ...(pixel ? { unit: pixel.unit, scale: pixel.y } : {}) },
    { name: "x", size: first.width, ...(pixel ? { unit: pixel.unit, scale: pixel.x } : {}) },
  ];
  const origins = [
    origin("image.pixel_size.y", pixel !== undefined, "YResolution, unit by ImageJ"),
    origin("image.pixel_size.x", pixel !== undefined, "XResolution, unit by ImageJ"),
    origin("image.frame_times", frameSeconds !== undefined, "finterval by ImageJ"),
    origin("image.channels", false),
  ];
  const indices = Int32Array.from({ length: pages }, (_, index) => index);
  return modelOf(path, { name: "", axes, channels: [], origins }, first, indices);
}

async function hintsOf(description: string, directory: ImageFileDirectory, pages: number): Promise<PlainHints> {
  const imageJ = parseImageJ(description);
  const plain: PlainHints = {
    grid: { order: "ZCT", sizes: { t: pages, c: 1, z: 1 } },
    frameSeconds: undefined,
    pixel: undefined,
    zStep: undefined,
  };
  if (!imageJ) return plain;
  const { sizes, unit, frameSeconds, zStep } = imageJ;
  const images = sizes.t * sizes.c * sizes.z;
  if (images !== pages) throw hidden(images, pages);
  const [x, y] = await Promise.all([perPixel(directory, "XResolution"), perPixel(directory, "YResolution")]);
  const pixel = unit && x && y ? { unit, x, y } : undefined;
  return { grid: { order: "CZT", sizes }, frameSeconds, pixel, zStep };
}

/** Length of a pixel: the inverse of the resolution. */
async function perPixel(
  directory: ImageFileDirectory,
  name: "XResolution" | "YResolution",
): Promise<number | undefined> {
  const fraction = (await directory.loadValue(name)) as ArrayLike<number> | undefined;
  const size = fraction ? Number(fraction[1]) / Number(fraction[0]) : Number.NaN;
  return size > 0 && Number.isFinite(size) ? size : undefined;
}

function hidden(images: number, pages: number) {
  return unsupported({
    reason: "IMAGEJ_STACK_UNSUPPORTED",
    message: "ImageJ stores large stacks behind a single page, which only ImageJ reads.",
    field: "ImageDescription",
    got: `${images} images in ${pages} pages`,
    allowed: ["a page for each image"],
    remedy: "Save the stack as OME-TIFF.",
  });
}
