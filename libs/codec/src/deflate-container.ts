/** How the bytes of a deflate stream are wrapped: "zlib" (RFC 1950; TIFF, HDF5) or "raw" (RFC 1951; zip). */
export type DeflateContainer = "zlib" | "raw";
