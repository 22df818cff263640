import { jsonSchemaOf, type Loader, requireOptions } from "@sluice/core";
import * as v from "valibot";

const options = v.strictObject({
  image: v.pipe(
    v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
    v.description("Index of the image, in files that hold several"),
  ),
});

/** Reads OME-TIFF and plain TIFF, strips or tiles, plane by plane. Reduced levels (SubIFDs) are left out. */
export const omeTiffLoader: Loader = {
  format: {
    name: "ome-tiff",
    summary: "OME-TIFF and plain TIFF, classic and BigTIFF",
    extensions: [".ome.tif", ".ome.tiff", ".ome.btf", ".ome.tf2", ".ome.tf8", ".tif", ".tiff"],
    get optionSchema() {
      return jsonSchemaOf(options);
    },
  },
  recognises: (_path, head) =>
    ["II*\0", "MM\0*", "II+\0", "MM\0+"].includes(String.fromCharCode(...head.subarray(0, 4))),
  load: async (path, raw, signal) => {
    const { image } = requireOptions(options, raw, "options");
    // geotiff and the XML parser take longer to load than many a file to read; who reads no TIFF needs neither.
    const { loadTiff } = await import("./read/load.ts");
    return loadTiff(path, image, signal);
  },
};
