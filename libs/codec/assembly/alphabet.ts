// The alphabets of deflate (RFC 1951, section 3.2.5 to 3.2.7) as far as literals alone need them.

/** The symbol after the 256 literals. */
export const endOfBlock: u32 = 256;
/** Literals and the end of block. */
export const literalSymbols: u32 = 257;
/** No distance is ever used, but some readers want a complete code of distances: two of one bit. */
export const distanceSymbols: u32 = 2;
/** Symbols that describe the lengths of codes. */
export const lengthSymbols: u32 = 19;

/** Deflate allows 15 bits; with 14, four literals and the 7 bits before them fit the 64 bits of the writer. */
export const literalBits: u32 = 14;
export const lengthBits: u32 = 7;
