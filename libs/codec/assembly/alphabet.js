"use strict";
// The alphabets of deflate (RFC 1951, section 3.2.5 to 3.2.7) as far as literals alone need them.
Object.defineProperty(exports, "__esModule", { value: true });
exports.lengthBits = exports.literalBits = exports.lengthSymbols = exports.distanceSymbols = exports.literalSymbols = exports.endOfBlock = void 0;
/** The symbol after the 256 literals. */
exports.endOfBlock = 256;
/** Literals and the end of block. */
exports.literalSymbols = 257;
/** No distance is ever used, but some readers want a complete code of distances: two of one bit. */
exports.distanceSymbols = 2;
/** Symbols that describe the lengths of codes. */
exports.lengthSymbols = 19;
/** Deflate allows 15 bits; with 14, four literals and the 7 bits before them fit the 64 bits of the writer. */
exports.literalBits = 14;
exports.lengthBits = 7;
