/**
 * How the bytes of a deflate stream are wrapped: "zlib" (RFC 1950; TIFF, HDF5), "raw" (RFC 1951; zip), or "part": raw and
 * in whole bytes without an end, so that other parts may follow. Parts end to end and {@link deflateEnd} make a stream.
 */
export type DeflateContainer = "zlib" | "raw" | "part";

/** Ends a stream of parts: a last block without data (RFC 1951, section 3.2.6). */
export const deflateEnd: Readonly<Uint8Array> = Uint8Array.of(0x03, 0x00);
