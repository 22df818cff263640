import { expect, test } from "@jest/globals";
import type { OmeImage, TiffData } from "./ome-image.ts";
import { mapPlanes } from "./plane-map.ts";

const source = { fileName: "a.ome.tif", uuid: "urn:uuid:1", pages: 12 };
const grid = { order: "ZCT", sizes: { t: 2, c: 2, z: 3 } };

function imageWith(...tiffData: Partial<TiffData>[]): OmeImage {
  const blocks = tiffData.map((block) => ({ attributes: {}, fileName: "", uuid: "", ...block }));
  return { name: "", acquisitionDate: "", pixels: {}, channels: [], tiffData: blocks, frameSeconds: new Map() };
}

const inOrder = Array.from({ length: 12 }, (_, index) => index);

test("pages follow each other unless the document says otherwise", () => {
  expect([...mapPlanes(imageWith(), grid, source)]).toEqual(inOrder);
  expect([...mapPlanes(imageWith({}), grid, source)]).toEqual(inOrder);
  expect([...mapPlanes(imageWith({ attributes: { IFD: "0", PlaneCount: "12" } }), grid, source)]).toEqual(inOrder);
});

test("one block for each plane, in any order", () => {
  const blocks = inOrder.map((plane) => ({
    attributes: {
      IFD: String(11 - plane),
      FirstZ: String(plane % 3),
      FirstC: String(Math.floor(plane / 3) % 2),
      FirstT: String(Math.floor(plane / 6)),
      PlaneCount: "1",
    },
  }));
  expect([...mapPlanes(imageWith(...blocks), grid, source)]).toEqual(inOrder.toReversed());
});

test("planes in this file by name or by UUID; planes elsewhere are refused", () => {
  const whole = { attributes: { IFD: "0", PlaneCount: "12" } };
  expect(mapPlanes(imageWith({ ...whole, fileName: "a.ome.tif", uuid: "urn:uuid:2" }), grid, source)).toHaveLength(12);
  expect(mapPlanes(imageWith({ ...whole, fileName: "renamed.tif", uuid: "urn:uuid:1" }), grid, source)).toHaveLength(
    12,
  );
  const other = imageWith({ ...whole, fileName: "b.ome.tif", uuid: "urn:uuid:2" });
  expect(() => mapPlanes(other, grid, source)).toThrow("OME_MULTI_FILE_UNSUPPORTED");
});

test.each<[string, Partial<TiffData>[], number]>([
  ["fewer pages than planes", [], 11],
  ["a run beyond the last page", [{ attributes: { IFD: "4", PlaneCount: "12" } }], 12],
  ["planes that no block names", [{ attributes: { IFD: "0" } }], 12],
])("%s: the file is not complete", (_, blocks, pages) => {
  expect(() => mapPlanes(imageWith(...blocks), grid, { ...source, pages })).toThrow("TIFF_PAGES_MISSING");
});

test("an attribute that is no count is an error", () => {
  const image = imageWith({ attributes: { IFD: "-1" } });
  expect(() => mapPlanes(image, grid, source)).toThrow("OME_XML_INVALID");
});
