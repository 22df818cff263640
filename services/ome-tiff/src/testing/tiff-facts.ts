import { fromArrayBuffer, type GeoTIFF, type GeoTIFFImage } from "geotiff";

/** A file in memory, opened by geotiff. */
export function openTiff(bytes: Uint8Array): Promise<GeoTIFF> {
  return fromArrayBuffer(bytes.slice().buffer);
}

/** Pixels of one page, by geotiff. */
export async function pixelsOf(image: GeoTIFFImage): Promise<number[]> {
  const [pixels] = (await image.readRasters()) as unknown as [ArrayLike<number>];
  return Array.from(pixels);
}

/** The OME-XML of a file. */
export async function xmlOf(bytes: Uint8Array): Promise<string> {
  const text = await (await (await openTiff(bytes)).getImage(0)).fileDirectory.loadValue("ImageDescription");
  return String(text).replace(/\0$/, "");
}

/** All values of an attribute, in document order. */
export function attributes(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(` ${name}="([^"]*)"`, "g"))].map(([, value]) => value as string);
}
