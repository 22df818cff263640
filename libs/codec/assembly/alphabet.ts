// The alphabets of deflate (RFC 1951, sections 3.2.5 to 3.2.7), and what is used of them.

/** The symbol after the 256 literals; the symbols for lengths follow. */
export const endOfBlock: u32 = 256;
export const firstLength: u32 = 257;
/** Literals, end of block and lengths. */
export const mainSymbols: u32 = 286;
/** Distances. */
export const distanceSymbols: u32 = 30;
/** Symbols that describe the lengths of codes. */
export const describingSymbols: u32 = 19;

/** Deflate allows 15 bits; with 14, four literals and the 7 bits before them fit the 64 bits of the writer. */
export const mainBits: u32 = 14;
export const distanceBits: u32 = 14;
export const describingBits: u32 = 7;

/** Bytes of the counts of all main symbols, 32 bits each, in whole steps of 16. */
export const countsBytes: usize = 4 * 288;
/** Where the counts of distances follow those of the main symbols, and the bytes of both. */
export const firstDistance: u32 = 288;
export const allCountsBytes: usize = 4 * 320;
